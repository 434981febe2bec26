import {describe, expect, it} from 'vitest'

import {backUp, listBackups, type Place, prune} from '../../src/state/backups/backup.js'
import {readHistory} from '../../src/state/backups/history.js'
import {planRecovery} from '../../src/state/backups/restore.js'
import type {Reach} from '../../src/state/backups/sources.js'
import {takeBackup} from '../../src/state/backups/take-backup.js'
import {memoryStore} from '../support/memory-store.js'
import {stateBytes} from '../support/states.js'

const DAY = 86_400_000
const START = Date.parse('2026-11-01T03:00:00Z')
const at = (days: number) => new Date(START + days * DAY)
const occasion = (days: number, label?: string) => ({by: 'arn:aws:iam::1:user/ann', why: 'cron', label, at: at(days)})

function place(env = 'dev') {
  const memory = memoryStore()
  memory.put(memory.store.key, stateBytes({serial: 7}))
  const own: Place = {objects: memory.store.objects, prefix: 'backups/', of: {app: 'app', env}}
  return {...memory, own, other: {...own, of: {app: 'app', env: 'prod'}}}
}

const stored = {bytes: stateBytes({serial: 7}), etag: 'e', at: at(0)}

describe('deleting older backups', () => {
  it('keeps the newest, whatever their age', async () => {
    const {own} = place()
    for (let day = 0; day < 5; day++) await backUp(own, stored, occasion(day))
    expect(await prune(own, {keep: 2}, occasion(5))).toHaveLength(3)
    const {backups} = await listBackups(own, 10)
    expect(backups.map(({manifest}) => manifest.at)).toEqual([at(4).toISOString(), at(3).toISOString()])
    expect(await prune(own, {maxAgeMs: DAY / 2}, occasion(100))).toHaveLength(1)
  })

  it('never touches the backups of another environment in the same place, nor one with a label', async () => {
    const {own, other} = place()
    await backUp(other, stored, occasion(0))
    await backUp(own, stored, occasion(1, 'golden'))
    await backUp(own, stored, occasion(2))
    await backUp(own, stored, occasion(3))
    expect(await prune(own, {keep: 1}, occasion(4))).toHaveLength(1)
    expect((await listBackups(other, 10)).backups).toHaveLength(1)
    expect((await listBackups(own, 10)).backups.map(({manifest}) => manifest.label)).toEqual([undefined, 'golden'])
  })

  it('does not count the backups that other commands took before they changed the state', async () => {
    const {own} = place()
    await backUp(own, stored, {...occasion(0), why: 'fb state rm aws_vpc.main'})
    await backUp(own, stored, occasion(1))
    await backUp(own, stored, occasion(2))
    expect(await prune(own, {keep: 1}, occasion(3))).toHaveLength(1)
    const {backups} = await listBackups(own, 10)
    expect(backups.map(({manifest}) => manifest.why)).toEqual(['cron', 'fb state rm aws_vpc.main'])
  })

  it('reads nothing when there is nothing to keep to', async () => {
    const {own, seen} = place()
    await prune(own, {}, occasion(0))
    expect(seen.calls).toEqual([])
  })

  it('says that the backup is there although older ones could not be deleted', async () => {
    const {own, store, objects} = place()
    for (let day = 0; day < 2; day++) await backUp(own, stored, occasion(day))
    own.objects = {...own.objects, remove: async () => Promise.reject(new Error('denied'))}
    await expect(takeBackup(store, own, occasion(2), {keep: 1})).rejects.toMatchObject({
      exitCode: 6,
      state: expect.stringMatching(/^The backup \S+ is there, read back\.$/),
    })
    expect([...objects.keys()].filter((key) => key.endsWith('.tfstate') && key.startsWith('backups/'))).toHaveLength(3)
  })
})

it('does not let one spoilt manifest hide the other backups', async () => {
  const {own, store, put} = place()
  await backUp(own, stored, occasion(0))
  put('backups/20990101-000000000-ffff.manifest.json', Buffer.from(''))
  const {entries, damaged} = await readHistory({store, backups: own}, 10)
  expect(damaged).toEqual(['20990101-000000000-ffff'])
  expect(entries.filter(({kind}) => kind === 'backup')).toHaveLength(1)
})

it('does not read gigabytes for a list', async () => {
  const {own, store, put, seen} = place()
  const large = Buffer.concat([stateBytes({serial: 8}), Buffer.alloc(4_900_000, ' ')])
  for (let i = 0; i < 15; i++) put(store.key, large)
  const {entries} = await readHistory({store, backups: own}, 20)
  expect(entries).toHaveLength(16)
  expect(seen.calls.filter((call) => call === 'get')).toHaveLength(11)
})

it('does not recover an older file over a state that is broken by now', async () => {
  const {own, store, put} = place()
  put(store.key, stateBytes({serial: 12}))
  put(store.key, Buffer.from('{'))
  const files = {...own.objects, get: async (key: string) => (key.endsWith('.tfstate') ? stored : undefined)}
  const reach = {store, backups: own, files, bucket: async () => own.objects} as Reach
  await expect(planRecovery(reach, './errored.tfstate')).rejects.toMatchObject({
    exitCode: 7,
    because: ['serial 7 in the file', 'serial 12 known in the bucket'],
  })
})
