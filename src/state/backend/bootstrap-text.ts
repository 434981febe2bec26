import {columns, wrapped} from '../../columns.js'
import type {Canvas} from '../../events.js'
import {type BootstrapPlan, capital, detailOf, type Item, toDo} from './bootstrap.js'

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
  const all = (state: Item['state']) => plan.items.filter((item) => item.state === state)
  const [missing, differing] = [all('missing'), all('differs')]
  const created = missing.filter(({id}) => MADE.includes(id))
  // A bucket that is missing says enough: what it is to have goes without saying, and so with the table.
  const set = missing.filter((item) => !MADE.includes(item.id) && !created.some(({id}) => id === ownerOf(item)))
  const words = [
    ...(created.length > 0 ? [`create ${listed(created.map(({what}) => what))}`] : []),
    ...(set.length > 0 ? [`set ${listed(set.map(({what}) => what))}`] : []),
    ...(differing.length > 0 ? [`change ${listed(differing.map((item) => `${item.what} (${detailOf(item)})`))}`] : []),
  ]
  return `${capital(words.join('; '))}?`
}

const MADE = ['bucket', 'lock-table']
const OF_TABLE = ['billing', 'recovery', 'deletion-protection']

const ownerOf = ({id}: Item) => (OF_TABLE.includes(id) ? 'lock-table' : 'bucket')

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
export function bootstrapOutcome(plan: BootstrapPlan, {paint, safe, width}: Canvas): string[] {
  const {bucket, lockTable} = plan.goal
  const count = (state: Item['state'], word: string) => {
    const many = plan.items.filter((item) => item.state === state).length
    return many > 0 ? [`${many} ${word}`] : []
  }
  const counts = [...count('missing', 'created'), ...count('differs', 'changed'), ...count('right', 'already right')]
  const place = safe(`bucket ${bucket}${lockTable ? ` and lock table ${lockTable}` : ''}`)
  const are = lockTable ? 'are' : 'is'
  const sentence =
    toDo(plan).length > 0
      ? `${capital(place)} ${are} ready: ${counts.join(', ')}.`
      : `Nothing to do: ${place} ${are} as Terraform needs ${lockTable ? 'them' : 'it'}.`
  return wrapped(`${paint.good('✔')} ${sentence}`, width, 2)
}
