import {columnsWithin, wrapped} from '../columns.js'
import {actorOf} from '../deploy/release.js'
import {age} from '../durations.js'
import type {Canvas} from '../events.js'
import {besideValue} from './beside-value.js'
import type {Change} from './change.js'
import {sayReaders} from './fleet.js'
import {difference, type Fingerprint, masked, sayDifference} from './mask.js'

const DETAILED = 5

/** What would be written: each in full as long as that fits on a screen, otherwise one line each. */
export function changesText(changes: Change[], now: Date, fingerprint: Fingerprint, canvas: Canvas): string[] {
  const same = changes.filter(({action}) => action === 'same')
  const shown = changes.filter(({action}) => action !== 'same')
  const lines =
    shown.length > DETAILED
      ? [...table(shown, canvas), ...shown.flatMap((change) => doubts(change, canvas, `${change.key} `))]
      : shown.flatMap((change, i) => [...(i > 0 ? [''] : []), ...details(change, now, fingerprint, canvas)])
  const {dim} = canvas.paint
  return [
    ...(lines.length > 0 ? ['', ...lines] : []),
    ...(same.length > 0 && shown.length > 0 ? ['', dim(`  ${same.length} already as they should be`)] : []),
    ...(lines.length > 0 ? [''] : []),
  ]
}

function details(change: Change, now: Date, fingerprint: Fingerprint, canvas: Canvas): string[] {
  const {key, value, type, before} = change
  const {paint, safe, width} = canvas
  const mark = (text: string) => paint.dim(`#${fingerprint(text)}`)
  const show = (text: string) => `${safe(masked(text, key, type))}  ${mark(text)}`
  const same = before?.value === value
  const hints = same ? 'the same value' : before ? sayDifference(difference(before.value, value)) : ''
  const author = before
    ? paint.dim(
        `  last changed by ${actorOf(before.by) || 'somebody'}, ${age(now.getTime() - before.modifiedAt.getTime())} ago`,
      )
    : ''
  const versions = before ? `v${before.version} → v${before.version + 1}` : paint.good('new')
  return [
    ...wrapped(`  ${paint.bold(key)}  ${type}  ${versions}${author}`, width, 4),
    ...(before && !same ? wrapped(`  ${paint.bad('-')} ${show(before.value)}`, width, 4) : []),
    ...wrapped(`  ${same ? '=' : paint.good('+')} ${show(value)}${hints ? `  ${hints}` : ''}`, width, 4),
    ...besideValue(change).flatMap((what) => wrapped(`  ${paint.warn('~')} ${safe(what)}`, width, 4)),
    ...wrapped(`    ${paint.dim(readBy(change))}`, width, 4),
    ...doubts(change, canvas, ''),
  ]
}

const readBy = ({rollout: {readers, tasks}}: Change) =>
  readers.length > 0
    ? `read by ${sayReaders(readers)}; ${tasks} running ${tasks === 1 ? 'task' : 'tasks'}`
    : 'no service reads it'

const doubts = ({suspicions, needsAdvanced}: Change, {paint}: Canvas, of: string): string[] => [
  ...suspicions.map((what) => `    ${paint.warn(`! ${of}the value ${what}`)}`),
  ...(needsAdvanced ? [`    ${paint.warn(`! ${of}needs the advanced tier: paid, and there is no way back`)}`] : []),
]

function table(changes: Change[], {paint, safe, width}: Canvas): string[] {
  const rows = changes.map((change) => {
    const {action, key, type, value, before} = change
    const hints = before ? [sayDifference(difference(before.value, value)), ...besideValue(change)] : []
    return [
      `${action === 'create' ? paint.good('+') : paint.warn('~')} ${safe(key)}`,
      type,
      before ? `v${before.version} → v${before.version + 1}` : 'new',
      safe(hints.filter(Boolean).join(', ')),
    ]
  })
  return columnsWithin(rows, width - 2).map((line) => `  ${line}`)
}

/** What `--dry-run --json` says of a change; never a value. */
export function plannedDocument(change: Change) {
  const {key, name, action, type, before, value, suspicions, rollout} = change
  return {
    key,
    name,
    action,
    type,
    previous: before?.version,
    differences: before ? difference(before.value, value) : [],
    besideValue: action === 'same' ? [] : besideValue(change),
    suspicions,
    usedBy: rollout.readers.map(({service, container, variable}) => ({service, container, variable})),
    runningTasks: rollout.tasks,
  }
}
