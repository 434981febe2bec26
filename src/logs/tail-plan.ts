import {filterOf, patternFor} from './filter.js'
import type {Format} from './format-pretty.js'
import type {Level} from './level.js'
import {shownAs} from './shown-as.js'
import type {Kept, TailPlan} from './tail.js'
import {serviceIn, type Targets} from './targets.js'
import {parseRange} from './time.js'
import type {Test} from './where.js'
import {type Zone, zoneOf} from './zone.js'

/** What a person asked for, by the names of the flags. */
export type TailAsked = {
  since?: string
  until?: string
  tz?: string
  lines?: number
  follow?: boolean
  for?: number
  max?: number
  late?: number
  order: string
  include?: RegExp[]
  exclude?: RegExp[]
  grep?: string
  level?: string
  where?: Test
  health?: boolean
  output?: string
  expand?: boolean
  'until-match'?: RegExp
  'fail-on'?: RegExp
}

/** Where it is read: the same words mean other things to a person than to a script. */
export type Reader = {
  now: number
  onScreen: boolean
  json: boolean
  /** Paths of the services' health checks. */
  health: string[]
  /** When the deployment began that is asked about. */
  deployedAt?: Date
  saved: Kept[]
}

export type Shown = TailPlan & {zone: Zone; format: Format; exact: boolean; startedAt: number}

const SINCE = '10m'
/** The newest lines of a service that says little may be old. */
const SINCE_LINES = '7d'
/** Most batches come within seconds; what CloudWatch itself holds up comes within two minutes. */
const LATE = 120_000
const BEFORE_STOP = 10 * 60_000

export function planTail(asked: TailAsked, targets: Targets, reader: Reader): Shown {
  const {now, onScreen} = reader
  const zone = zoneOf(asked.tz ?? (onScreen ? 'local' : 'utc'))
  const since = asked.since ?? startOf(asked, targets, reader)
  const range = parseRange({since, until: asked.until}, now, zone)
  const waits = asked.for !== undefined || asked['until-match'] !== undefined
  const follow = (asked.follow ?? ((onScreen && !targets.stoppedAt) || waits)) && (range.until ?? now + 1) > now
  const hides = !(asked.health ?? !onScreen)
  const filter = filterOf({...asked, level: asked.level as Level, health: hides ? reader.health : []})
  return {
    sources: targets.sources,
    since: range.since,
    until: range.until,
    end: asked.for === undefined ? undefined : now + asked.for,
    follow,
    lines: asked.lines,
    late: asked.late ?? LATE,
    order: asked.order as TailPlan['order'],
    max: asked.max,
    untilMatch: asked['until-match'],
    failOn: asked['fail-on'],
    filter,
    pattern: asked.grep && patternFor(asked.grep),
    serviceOf: serviceIn(targets.sources),
    saved: reader.saved,
    zone,
    startedAt: now,
    ...shownAs(asked, targets.sources, reader, {zone, now}),
  }
}

function startOf({lines}: TailAsked, {stoppedAt}: Targets, {deployedAt}: Reader): string {
  const at = deployedAt?.getTime() ?? (stoppedAt && stoppedAt.getTime() - BEFORE_STOP)
  return at === undefined ? (lines === undefined ? SINCE : SINCE_LINES) : new Date(at).toISOString()
}
