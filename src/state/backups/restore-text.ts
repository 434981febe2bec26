import {clip, columns, wrapped} from '../../columns.js'
import {age} from '../../durations.js'
import type {Canvas} from '../../events.js'
import type {Difference} from '../diff.js'
import {forShell} from '../document/address.js'
import type {Replaced} from '../replace.js'
import {verdict} from '../verdict.js'
import {count, personOf} from '../words.js'
import type {RestorePlan} from './restore.js'

/** Longer lists are counted: the question must stay on the screen. */
const MOST = 8

/** What is said of the same changes, going back to an older state or on to one that could not be saved. */
const TITLES = {
  restore: {
    verb: 'Restore',
    added: 'Terraform will know these again. What is gone from AWS, it makes anew:',
    moved: 'These go back to their older address:',
    changed: 'These go back to what was known of them:',
  },
  recover: {
    verb: 'Recover',
    added: 'Terraform had made these, and the state does not know them yet:',
    moved: 'These get the address Terraform had given them:',
    changed: 'Terraform had changed these:',
  },
}

/** What the restore changes, worst first: what Terraform would no longer know. */
export function restoreText(
  plan: RestorePlan,
  {env, now, as = 'restore'}: {env: string; now: Date; as?: keyof typeof TITLES},
  canvas: Canvas,
): string[] {
  const {paint, safe, width} = canvas
  const {source, current, serial} = plan
  if (plan.same) return verdict(`${env} has this state already.`, as === 'recover' ? [leftOver(plan)] : [], canvas)
  const there = current?.serial === undefined ? [current?.why ?? 'there is no state'] : [stateLine(current)]
  const rows = columns([
    ['  From', `${safe(source.name)} · ${age(now.getTime() - source.at.getTime())} old${safe(takenBy(plan))}`],
    ['', stateLine(source)],
    ...there.map((line) => ['  Over', safe(line)]),
    ['  Write', `serial ${serial}, lineage ${plan.lineage}`],
  ])
  return [
    paint.bold(`${TITLES[as].verb} the state of ${env}`),
    ...rows.flatMap((line) => wrapped(line, width, 9)),
    ...changes(plan, TITLES[as], canvas),
  ]
}

const stateLine = ({serial, resources = 0}: {serial?: number; resources?: number}) =>
  `serial ${serial}, ${count(resources, 'resource')}`

function takenBy({source: {manifest}}: RestorePlan): string {
  if (!manifest) return ''
  return ` · ${[personOf(manifest.by), manifest.label ?? manifest.why].join(' · ')}`
}

/** Seen from the state that will be written: what it lacks, what it has again, what it has otherwise. */
function changes(
  {differences}: RestorePlan,
  titles: (typeof TITLES)['restore'],
  {paint, safe, width}: Canvas,
): string[] {
  if (!differences) return []
  const group = (kind: Difference['kind'], title: string, mark: string) => {
    const all = differences.filter((difference) => difference.kind === kind)
    const shown = all.slice(0, MOST).map(({address}) => clip(`    ${mark} ${safe(address)}`, width))
    const more = all.length > MOST ? [paint.dim(`      and ${all.length - MOST} more`)] : []
    return all.length > 0 ? ['', ...wrapped(`  ${title}`, width, 2), ...shown, ...more] : []
  }
  const lines = [
    ...group(
      'removed',
      'Terraform will no longer know these. They stay in AWS and nobody manages them:',
      paint.bad('-'),
    ),
    ...group('added', titles.added, paint.good('+')),
    ...group('moved', titles.moved, paint.warn('→')),
    ...group('changed', titles.changed, paint.warn('~')),
  ]
  return lines.length > 0 ? [...lines, ''] : ['', '  The resources are the same; outputs or checks differ.', '']
}

export type Restored = {
  restored: boolean
  from: string
  serial: number
  replacedSerial?: number
  /** Name of the backup of the state that was replaced. */
  backup?: string
  differences?: Difference[]
}

export const restoreDocument = (
  {source, current, serial, same, differences}: RestorePlan,
  done?: Replaced,
): Restored => ({
  restored: done !== undefined,
  from: source.name,
  serial: same ? (current?.serial ?? serial) : serial,
  replacedSerial: current?.serial,
  backup: done?.previous?.name,
  differences,
})

export function restoredText(
  plan: RestorePlan,
  {serial, previous}: Replaced,
  {env, as = 'restore'}: {env: string; as?: keyof typeof TITLES},
  canvas: Canvas,
): string[] {
  const undo = previous ? [`fb state restore ${previous.name} --env ${env}`] : []
  return verdict(
    `The state of ${env} is ${plan.source.name}, as serial ${serial}.`,
    [['Undo', undo], ...(as === 'recover' ? [leftOver(plan)] : []), ['Next', [`fb infra plan --env ${env}`]]],
    canvas,
  )
}

/** Nobody looks after what Terraform left behind when it failed. */
const leftOver = ({source}: RestorePlan): [string, string[]] => [
  'File',
  [`${source.name} holds secrets in plain text, and is not needed any more: rm ${forShell(source.name)}`],
]
