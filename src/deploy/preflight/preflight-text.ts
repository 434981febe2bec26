import {padEnd, wrapped} from '../../columns.js'
import {PartlyDone, Refused} from '../../errors.js'
import type {Canvas, Paint} from '../../events.js'
import type {Check, Verdict} from './check.js'
import {CHECK_IDS} from './preflight.js'

const MARKS: Record<Verdict, (paint: Paint) => string> = {
  ok: ({good}) => good('✔'),
  warn: ({warn}) => warn('!'),
  fail: ({bad}) => bad('✖'),
  skipped: ({dim}) => dim('○'),
}

const ID = Math.max(...CHECK_IDS.map((id) => id.length))
/** Where what was found begins: after the mark and the id. */
const EDGE = 2 + ID + 2

/** A check in a line; what is not well has how to mend it below. */
export function checkLines({id, result, found, fix}: Check, {paint, safe, width}: Canvas): string[] {
  const quiet = result === 'skipped' ? paint.dim : (text: string) => text
  const line = `${MARKS[result](paint)} ${padEnd(id, ID)}  ${quiet(safe(found))}`
  const mend = fix ? `${' '.repeat(EDGE)}${paint.dim(`Fix  ${safe(fix)}`)}` : undefined
  return [...wrapped(line, width, EDGE), ...(mend ? wrapped(mend, width, EDGE + 5) : [])]
}

const times = (checks: Check[], wanted: Verdict) => checks.filter(({result}) => result === wanted).length

/** The table, and its sum in one sentence. */
export function preflightText({env, checks}: Verified, canvas: Canvas): string[] {
  const {paint} = canvas
  const [bad, odd, left] = (['fail', 'warn', 'skipped'] as const).map((verdict) => times(checks, verdict))
  const said = [bad && `${bad} failed`, odd && paint.warn(`${odd} to look at`), left && `${left} not made`]
  const sum = [`${checks.length} checks`, ...said.filter(Boolean)].join(', ')
  return [
    ...checks.flatMap((check) => checkLines(check, canvas)),
    '',
    bad
      ? `${paint.bad('✖')} ${paint.bold(`${env} is not ready for a deployment`)}: ${sum}.`
      : `${paint.good('✔')} ${paint.bold(`${env} is ready for a deployment`)}: ${sum}.`,
  ]
}

/** What `fb verify` answers. */
export type Verified = {
  env: string
  account: string
  region: string
  service: string
  result: Exclude<Verdict, 'skipped'>
  checks: Check[]
  exitCode: number
}

export function verified(place: Pick<Verified, 'env' | 'account' | 'region' | 'service'>, checks: Check[]): Verified {
  const worst = (['fail', 'warn'] as const).find((verdict) => times(checks, verdict) > 0) ?? 'ok'
  return {...place, result: worst, checks, exitCode: exitCodeOfChecks(checks)}
}

export const exitCodeOfChecks = (checks: Check[]): number => (times(checks, 'fail') > 0 ? Refused.exit : 0)

/** Fails when a check has failed: all of them at once, so that all can be mended before the next try. */
/** `takenBack`: the deployment that has already made way. */
export function refuseFailed(checks: Check[], takenBack?: string): void {
  const failed = checks.filter(({result}) => result === 'fail')
  if (failed.length === 0) return
  const what = failed.length === 1 ? 'A check has failed' : `${failed.length} checks have failed`
  const Kind = takenBack ? PartlyDone : Refused
  throw new Kind(`${what}: nothing was deployed.`, {
    code: 'preflight',
    because: failed.map(({id, found}) => `${id}: ${found}`),
    state: takenBack ? `${takenBack} was stopped and rolled back; nothing else was changed.` : 'Nothing was changed.',
    next: [...failed.flatMap(({fix}) => fix ?? []), failed.map(({id}) => `--skip-check ${id}`).join(' ')],
  })
}
