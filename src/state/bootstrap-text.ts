import {columns, wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import {type BootstrapPlan, detailOf, type Item, toDo} from './bootstrap.js'

const MARKS = {missing: '+', differs: '~', right: '✔'}

/** Everything that was looked at, bucket first. */
export function bootstrapText({goal, items}: BootstrapPlan, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const rows = columns(items.map((item) => row(item, canvas)))
  const locks = items.findIndex(({id}) => id === 'lock-table')
  const section = (title: string, name: string, lines: string[]) => [
    `${paint.dim(title.padEnd(LABEL))}${name}`,
    ...lines.flatMap((line) => wrapped(line, width, width > 60 ? INDENT : 4)),
  ]
  return [
    '',
    ...section('Bucket', paint.bold(safe(goal.bucket)), locks < 0 ? rows : rows.slice(0, locks)),
    '',
    ...(goal.lockTable
      ? section('Locks', paint.bold(safe(goal.lockTable)), rows.slice(locks))
      : section('Locks', 'lock files in the bucket, no table', [])),
    '',
  ]
}

const LABEL = 8
const INDENT = 4

function row(item: Item, {paint, safe}: Canvas): string[] {
  const colour = {missing: paint.good, differs: paint.warn, right: paint.dim}[item.state]
  const text = item.state === 'right' ? paint.dim : (same: string) => same
  return [`  ${colour(MARKS[item.state])} ${text(item.what)}`, colour(item.state), text(safe(detailOf(item)))]
}

/** One question for all of it; what differs is named, because it is somebody's doing. */
export function bootstrapQuestion(plan: BootstrapPlan): string {
  const missing = toDo(plan).filter(({state}) => state === 'missing')
  const changes = toDo(plan).filter(({state}) => state === 'differs')
  const change = changes.length > 0 && `change ${listed(changes.map(({what, is}) => `${what} (${is})`))}`
  const create = missing.length > 0 && `create ${listed(things(missing))}`
  const question = [change, create].filter(Boolean).join(', and ')
  return `${question[0]!.toUpperCase()}${question.slice(1)}?`
}

/** A bucket that is missing says enough: what it is to have goes without saying, and so with the table. */
function things(missing: Item[]): string[] {
  const has = (id: string) => missing.some((item) => item.id === id)
  return missing
    .filter(({id}) => ['bucket', 'lock-table'].includes(id) || !has(TABLE.has(id) ? 'lock-table' : 'bucket'))
    .map(({what}) => what)
}

const TABLE = new Set(['billing', 'recovery', 'deletion-protection'])

const listed = (words: string[]) =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

const STATES = {missing: 'created', differs: 'changed', right: 'right'} as const

/** What `--json` prints; `done` is false for a plan. */
export function bootstrapDocument({goal, items}: BootstrapPlan, done: boolean) {
  const {bucket, lockTable, region} = goal
  return {
    result: items.every(({state}) => state === 'right') ? 'noop' : done ? 'done' : 'plan',
    bucket,
    lockTable: lockTable ?? null,
    region,
    items: items.map((item) => ({
      id: item.id,
      what: item.what,
      state: done ? STATES[item.state] : item.state,
      detail: detailOf(item),
    })),
    exitCode: 0,
  }
}

/** How it ended, in one sentence. */
export function bootstrapOutcome(plan: BootstrapPlan, {paint, safe}: Canvas): string[] {
  const {bucket, lockTable} = plan.goal
  const count = (state: Item['state'], word: string) => {
    const many = plan.items.filter((item) => item.state === state).length
    return many > 0 ? [`${many} ${word}`] : []
  }
  const counts = [...count('missing', 'created'), ...count('differs', 'changed'), ...count('right', 'already right')]
  const place = lockTable ? `Bucket ${bucket} and lock table ${lockTable} are` : `Bucket ${bucket} is`
  const how = toDo(plan).length > 0 ? `ready: ${counts.join(', ')}` : 'already right, nothing was changed'
  return [`${paint.good('✔')} ${safe(place)} ${how}.`]
}
