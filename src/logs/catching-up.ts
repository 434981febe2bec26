import type {Zone} from './zone.js'

/** What is drawn while it is true, and taken away before anything else is written. */
export type Passing = {show(text: string): void; clear(): void}

/** How far all is read, up to when there is something to read (ms), and how many lines come now. */
export type Progress = {reached: number; to: number; lines: number}

/** Further behind is a backlog: what is newest is always some seconds old. */
const BEHIND = 60_000

/**
 * Tells how far the reading of a backlog has come, while no line comes: lines tell it by their own times, and something that
 * comes and goes between them is no help.
 */
export function catchingUp(passing: Passing, zone: Zone) {
  let began: number | undefined
  const text = (at: number, other: number) =>
    `${zone.date(at) === zone.date(other) ? '' : `${zone.date(at)} `}${zone.time(at).slice(0, 5)}`
  return ({reached, to, lines}: Progress) => {
    began = to - reached > BEHIND ? (began ?? reached) : undefined
    if (began === undefined || lines > 0) return passing.clear()
    const part = Math.floor((100 * (reached - began)) / (to - began))
    passing.show(`catching up ${text(reached, to)} → ${text(to, reached)} (${part} %)`)
  }
}
