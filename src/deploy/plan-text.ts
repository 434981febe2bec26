import {clip, columns, wrapped} from '../columns.js'
import {timeOfDay} from '../durations.js'
import type {Canvas} from '../events.js'
import type {IfBusy} from './busy.js'
import type {Change} from './changes.js'
import {shortName} from './image.js'
import {type Commits, type DeployPlan, placeOf, timeline} from './plan.js'
import type {Check} from './preflight/check.js'
import {checkLines, exitCodeOfChecks} from './preflight/preflight-text.js'
import {sayBusy} from './refusals.js'
import {sayStrategy} from './strategy.js'

/** The plan on one screen: what changes, and when. */
export function planText(plan: DeployPlan, now: Date, canvas: Canvas): string[] {
  const {paint} = canvas
  const {previous, number, image, strategy} = plan
  if (plan.already) return servingText(plan, canvas)
  const sections: [string, string[]][] = [
    ['Release', [`v${previous.number} → ${paint.bold(`v${number}`)}`]],
    ['Image', imageLines(plan, canvas)],
    ['From', [plan.template ? canvas.safe(plan.template) : `the live task definition, v${previous.number}`]],
    ['Changes', changesText(plan.changes, canvas)],
    ['Commits', plan.commits ? commitLines(plan.commits, canvas) : []],
    [
      'Migrate',
      plan.migration
        ? [`${canvas.safe(plan.migration)} ${paint.dim('once, on the new image, before the deployment')}`]
        : [],
    ],
    ['Traffic', [`${sayStrategy(strategy)} ${paint.dim(strategy.name)}`]],
    ['Hooks', hookLines(plan, canvas)],
    ['Times', timesOf(plan, now, canvas.width)],
    ['Busy', busyLines(plan, canvas)],
    ['Warning', warnings(plan).map(paint.warn)],
    ['Checks', troubles(plan.checks).flatMap((check) => checkLines(check, {...canvas, width: canvas.width - LABEL}))],
  ]
  const scan =
    image.scan.critical > 0
      ? [paint.warn(`${image.scan.critical} CRITICAL vulnerabilities, allowed by --allow-vulnerable`)]
      : []
  return [
    '',
    ...sections.flatMap(([title, lines]) => section(title, title === 'Warning' ? [...scan, ...lines] : lines, canvas)),
    '',
  ]
}

/** What is asked for serves beside a deployment that is to make way. */
const servingText = (plan: DeployPlan, canvas: Canvas): string[] => [
  '',
  ...section('Release', [`v${plan.previous.number} serves already: nothing has to be deployed`], canvas),
  ...section('Busy', busyLines(plan, canvas), canvas),
  '',
]

const LABEL = 9

export const section = (title: string, lines: string[], {paint, width}: Canvas) =>
  lines.flatMap((line, i) => wrapped(`${paint.dim((i === 0 ? title : '').padEnd(LABEL))}${line}`, width, LABEL))

function imageLines({previous, image}: DeployPlan, {paint, safe}: Canvas): string[] {
  const digest = (value?: string) => (value ? paint.dim(` ${value.slice(7, 19)}`) : '')
  return [
    `${safe(shortName(previous.image))}${digest(previous.digest)} → ${paint.bold(safe(image.tag ?? image.digest))}${digest(image.digest)}`,
  ]
}

export function changesText(changes: Change[], {paint, safe, width}: Canvas): string[] {
  if (changes.length === 0) return [paint.dim('none besides the image')]
  const short = (text: string) => clip(safe(text), Math.floor(width / 2) - 12)
  return columns(
    changes.map(({what, before, after}) => {
      if (before === undefined) return [paint.good('+'), short(what), paint.good(short(after!))]
      if (after === undefined) return [paint.bad('-'), short(what), paint.bad(short(before))]
      return [
        paint.warn('~'),
        short(what),
        before === after ? paint.dim('changed') : `${short(before)} → ${short(after)}`,
      ]
    }),
    {gap: 1},
  )
}

function commitLines({count, list}: Commits, {paint, safe, width}: Canvas): string[] {
  const lines = list.map(
    ({sha, author, subject}) => `${paint.accent(sha)} ${clip(safe(`${subject} (${author})`), width - 20)}`,
  )
  return count > list.length ? [...lines, paint.dim(`and ${count - list.length} more`)] : lines
}

function hookLines({appSpec: {hooks = []}}: DeployPlan, {paint, safe}: Canvas): string[] {
  const lines = hooks.flatMap((hook) => Object.entries(hook))
  return columns(lines.map(([event, name]) => [safe(event), paint.dim(safe(name))]))
}

/** Clock times in a row, broken where the line is full. */
function timesOf(plan: DeployPlan, now: Date, width: number): string[] {
  const moments = timeline(plan, now).map(({at, what}) => `${timeOfDay(at)} ${what}`)
  const lines = ['']
  for (const moment of moments) {
    const longer = lines.at(-1) ? `${lines.at(-1)} · ${moment}` : moment
    if (longer.length > width - LABEL) lines.push(moment)
    else lines[lines.length - 1] = longer
  }
  return lines
}

const BUSY: Record<IfBusy, string> = {
  fail: 'nothing is deployed while it runs',
  wait: 'waited for, then this is planned anew',
  replace: 'ended first, or waited for when it is a rollback; then this is planned anew',
  attach: 'watched, and nothing is deployed',
}

const busyLines = ({busy, ifBusy = 'fail'}: DeployPlan, {paint, safe}: Canvas): string[] =>
  busy ? [paint.warn(safe(sayBusy(busy))), BUSY[ifBusy]] : []

const warnings = ({group, migration, unheeded = [], appSpec: {hooks = []}}: DeployPlan): string[] => [
  ...(unheeded.length > 0 ? [`no alarm can stop this deployment, because ${unheeded.join(', ')} fires already`] : []),
  ...(group.waitsForApproval ? ['the group waits for approval before it moves traffic'] : []),
  ...(migration && hooks.some((hook) => 'BeforeInstall' in hook)
    ? ['the hook at BeforeInstall runs as well; see whether it migrates too']
    : []),
]

/** What is not as it should be. That fb.yml names no account is said where it says who acts. */
const troubles = (checks: Check[] = []): Check[] => checks.filter(({id, result}) => result !== 'ok' && id !== 'account')

/** What `--dry-run --json` prints. */
export function planDocument(plan: DeployPlan, now: Date) {
  const {
    scene,
    previous,
    number,
    image,
    changes,
    strategy,
    commits,
    template,
    busy,
    ifBusy,
    unheeded = [],
    checks = [],
  } = plan
  return {
    ...placeOf(scene),
    result: plan.already ? 'noop' : 'plan',
    release: plan.already ? previous : {number, image: image.image, digest: image.digest},
    previous,
    template,
    changes,
    strategy,
    migration: plan.migration,
    hooks: plan.appSpec.hooks ?? [],
    timeline: timeline(plan, now),
    commits,
    busy: busy && {id: busy.id, description: busy.description, ifBusy},
    ignoresAlarms: unheeded.length > 0,
    checks,
    exitCode: exitCodeOfChecks(checks),
  }
}
