import {amountText} from './amounts.js'
import type {Zone} from './zone.js'

/** What is drawn while it is true, and taken away before anything else is written. */
export type Passing = {show(text: string): void; clear(): void}

/**
 * How far all is read, up to when there is something to read (ms), how many pages it took, and how many lines come now. Pages
 * tell that something happens while CloudWatch finds nothing in them: how far it has come with that, it does not say.
 */
export type Progress = {reached: number; to: number; pages: number; lines: number}

/** How many of the newest lines are found, of how many that are wanted, since when (ms), in how many pages. */
export type Looking = {found: number; wanted: number; since?: number; pages: number}

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
  return ({reached, to, pages, lines}: Progress) => {
    began = to - reached > BEHIND ? (began ?? reached) : undefined
    if (began === undefined || lines > 0) return passing.clear()
    const part = Math.floor((100 * (reached - began)) / (to - began))
    passing.show(
      `catching up ${text(reached, to)} → ${text(to, reached)} (${part} %) · ${amountText(pages, 'page')} read`,
    )
  }
}

/** Tells how far back it was looked for the newest lines: the last one of them comes when all are found. */
export const lookingBack =
  (passing: Passing, zone: Zone) =>
  ({found, wanted, since, pages}: Looking) => {
    const back = since === undefined ? '' : ` back to ${zone.date(since)} ${zone.time(since).slice(0, 5)}`
    passing.show(`looking${back} for the newest lines: ${found} of ${wanted} · ${amountText(pages, 'page')} read`)
  }
