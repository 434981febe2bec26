import {expect, it} from 'vitest'

import {backUp} from '../../src/state/backups/backup.js'
import {type Entry, readHistory} from '../../src/state/backups/history.js'
import {historyChoices, historyText} from '../../src/state/backups/history-text.js'
import {canvas} from '../support/canvas.js'
import {memoryStore} from '../support/memory-store.js'
import {stateBytes} from '../support/states.js'

const NOW = new Date('2026-11-23T12:00:00Z')
const OF = {app: 'app', env: 'dev'}

/** A state of so many versions, and so many backups of it. */
async function prepared(versions: number, backups: number) {
  const {store, put} = memoryStore()
  const place = {objects: store.objects, prefix: 'backups/dev/', of: OF, own: true} as const
  for (let serial = 1; serial <= versions; serial++) put(store.key, stateBytes({serial}))
  for (let i = 0; i < backups; i++) {
    const at = new Date(NOW.getTime() - i * 60_000)
    await backUp(place, {bytes: stateBytes({}), etag: '', at}, {by: 'arn:aws:iam::1:user/ann', why: 'fb state rm', at})
  }
  return {store, backups: place}
}

it.each([
  [3, 0, 3, false],
  [4, 0, 3, true],
  [2, 1, 3, false],
  [2, 2, 3, true],
  [0, 4, 3, true],
])('of %i versions and %i backups shows the newest, and knows whether there are older', async (...given) => {
  const [versions, backups, most, more] = given
  const found = await readHistory(await prepared(versions, backups), most)
  expect(found).toMatchObject({more, entries: {length: Math.min(most, versions + backups)}})
})

const backup = (
  why: string,
  by = 'arn:aws:sts::111111111111:assumed-role/ops/ann.with.a.long.name@example.com',
): Entry => ({
  kind: 'backup',
  name: '20261123-101500417-a1b2',
  at: new Date('2026-11-20T12:00:00Z'),
  current: false,
  deleted: false,
  bytes: 123_456,
  serial: 412,
  resources: 88,
  by,
  why,
})

it('has room on 80 columns for what a backup was taken before', () => {
  const lines = historyText([backup('fb state rm module.network')], NOW, canvas({width: 80}))
  expect(lines[1]).toContain('rm module.netw')
  expect(lines[1]).not.toContain('fb state')
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  const [choice] = historyChoices([backup('fb state rm module.network')], NOW)
  expect(choice!.name).toMatch(/ {2}rm module\.network$/)
})

it('says everything where the room has no end', () => {
  const [, line] = historyText([backup('fb state backup')], NOW, canvas({width: Infinity}))
  expect(line).toMatch(/ann\.with\.a\.long\.name@example\.com +123 KB +backup$/)
})
