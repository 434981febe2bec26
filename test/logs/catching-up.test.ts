import {expect, it} from 'vitest'

import {catchingUp, lookingBack} from '../../src/logs/catching-up.js'
import {zoneOf} from '../../src/logs/zone.js'

const at = (minutes: number) => Date.UTC(2026, 10, 22, 14, minutes)

it('says how far a backlog is read while no line comes, and nothing once that is over', () => {
  const said: string[] = []
  const passing = {show: (text: string) => void said.push(text), clear: () => void said.push('')}
  const tell = catchingUp(passing, zoneOf('utc'))
  tell({reached: at(-60 * 24), to: at(0), pages: 1200, lines: 0})
  tell({reached: at(-60 * 18), to: at(0), pages: 1200, lines: 0})
  tell({reached: at(-60 * 12), to: at(0), pages: 1300, lines: 5})
  tell({reached: at(-60), to: at(0), pages: 1200, lines: 0})
  tell({reached: at(0) - 30_000, to: at(0), pages: 1200, lines: 0})
  expect(said).toEqual([
    'catching up 2026-11-21 14:00 → 2026-11-22 14:00 (0 %) · 1,200 pages read',
    'catching up 2026-11-21 20:00 → 2026-11-22 14:00 (25 %) · 1,200 pages read',
    '',
    'catching up 13:00 → 14:00 (95 %) · 1,200 pages read',
    '',
  ])
})

it('says how many of the newest lines are found, since when, and that pages are read without any', () => {
  const said: string[] = []
  const tell = lookingBack({show: (text: string) => void said.push(text), clear() {}}, zoneOf('utc'))
  tell({found: 0, wanted: 100, pages: 1})
  tell({found: 3, wanted: 100, since: at(-30), pages: 40})
  expect(said).toEqual([
    'looking for the newest lines: 0 of 100 · 1 page read',
    'looking back to 2026-11-22 13:30 for the newest lines: 3 of 100 · 40 pages read',
  ])
})
