import type {Canvas} from '../events.js'
import type {Entry} from './entry.js'
import {jsonLines} from './format-json.js'
import {type Format, prettyFormat, rawLines, shortFormat} from './format-pretty.js'
import type {Source} from './source.js'
import type {Zone} from './zone.js'

export type ShowAsked = {output?: string; include?: RegExp[]; grep?: string; expand?: boolean}

/** How lines are shown: pretty for a person, as they are for a pipe, unless something else is asked for. */
export function shownAs(
  asked: ShowAsked,
  sources: Source[],
  {onScreen, json}: {onScreen: boolean; json: boolean},
  {zone, now}: {zone: Zone; now: number},
) {
  const output = json ? 'json' : (asked.output ?? (onScreen ? 'pretty' : 'raw'))
  const literal = asked.grep && new RegExp(asked.grep.replace(/[.*+?^$[\]{}()|\\]/g, '\\$&'))
  const highlight = [...(asked.include ?? []), ...(literal ? [literal] : [])]
  const several = new Set(sources.map(({service, group}) => service ?? group)).size > 1
  const style = {zone, today: zone.date(now), several, expand: asked.expand, highlight}
  const formats: Record<string, () => Format> = {
    pretty: () => prettyFormat(style),
    short: () => shortFormat(style),
    raw:
      () =>
      (entry: Entry, {safe}: Canvas) =>
        onScreen ? rawLines(entry).map(safe) : rawLines(entry),
    json: () => jsonLines,
  }
  return {format: formats[output]!(), exact: output === 'raw'}
}
