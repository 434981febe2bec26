import {expect, it} from 'vitest'

import {catchingUp} from '../../src/logs/catching-up.js'
import {zoneOf} from '../../src/logs/zone.js'

const at = (minutes: number) => Date.UTC(2026, 10, 22, 14, minutes)

it('says how far a backlog is read while no line comes, and nothing once that is over', () => {
  const said: string[] = []
  const passing = {show: (text: string) => void said.push(text), clear: () => void said.push('')}
  const tell = catchingUp(passing, zoneOf('utc'))
  tell({reached: at(-60 * 24), to: at(0), lines: 0})
  tell({reached: at(-60 * 18), to: at(0), lines: 0})
  tell({reached: at(-60 * 12), to: at(0), lines: 5})
  tell({reached: at(-60), to: at(0), lines: 0})
  tell({reached: at(0) - 30_000, to: at(0), lines: 0})
  expect(said).toEqual([
    'catching up 2026-11-21 14:00 → 2026-11-22 14:00 (0 %)',
    'catching up 2026-11-21 20:00 → 2026-11-22 14:00 (25 %)',
    '',
    'catching up 13:00 → 14:00 (95 %)',
    '',
  ])
})
