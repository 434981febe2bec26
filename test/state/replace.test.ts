import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import {stateStore} from '../../src/aws/state-store.js'
import {namesOf} from '../../src/config/names.js'
import {FbError} from '../../src/errors.js'
import {readDocument, withSerial} from '../../src/state/document/document.js'
import {type Replacement, replaceState, type Writing} from '../../src/state/replace.js'
import type {StateStore} from '../../src/state/store.js'
import {memoryStore} from '../support/memory-store.js'
import {stateBytes} from '../support/states.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const OLD = stateBytes({serial: 7, resources: {'aws_vpc.main': {id: 'vpc-1'}}})
const NEW = withSerial(readDocument(stateBytes({serial: 1, resources: {}}), 'new'), 8)
const {lineage} = readDocument(OLD, 'old')
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex')

function writing(store: StateStore, more: Partial<Writing> = {}): Writing {
  let now = Date.parse('2026-11-23T10:00:00Z')
  return {
    store,
    backups: {objects: store.objects, prefix: 'backups/dev/', of: {app: 'app', env: 'dev'}},
    by: 'arn:aws:iam::1:user/ann',
    worker: {user: 'ann', host: 'laptop', pid: 4711, version: '1.0.0'},
    clock: {
      now: () => new Date(now),
      sleep: async (ms) => {
        now += ms
      },
    },
    lockTimeout: 0,
    signal: new AbortController().signal,
    ...more,
  }
}

const change = (more: Partial<Replacement> = {}): Replacement => ({
  why: 'fb state restore',
  etag: md5(OLD),
  lineage,
  above: 7,
  next: async () => NEW,
  ...more,
})

async function run(work: Writing, what: Replacement) {
  const events = []
  for (const run = replaceState(work, what); ; ) {
    const {done, value} = await run.next()
    if (done) return {events, ...value}
    events.push(value)
  }
}

function prepared(options: Parameters<typeof memoryStore>[0] = {}) {
  const memory = memoryStore(options)
  memory.put(memory.store.key, OLD)
  memory.seen.digest = md5(OLD)
  return memory
}

it('replaces the state, keeps the old one as a backup, and leaves no lock', async () => {
  const {store, current, seen, held, bytesOf} = prepared({locks: 2})
  const {serial, previous} = await run(writing(store), change())
  expect(serial).toBe(8)
  expect(current()).toEqual(NEW)
  expect(seen.digest).toBe(md5(NEW))
  expect(held.size).toBe(0)
  expect(bytesOf(`backups/dev/${previous!.name}.tfstate`)).toEqual(OLD)
  expect(previous!.manifest).toMatchObject({serial: 7, resources: 1, why: 'fb state restore', by: /ann/})
})

/** In the order in which the adapter for S3 has them. */
async function locksInS3() {
  const credentials = {accessKeyId: 'a', secretAccessKey: 'b'}
  const connection = {region: 'us-east-1', credentials, login: {}, signal: new AbortController().signal}
  const settings = {bucket: 'bucket', lockTable: 'locks', lockfile: true}
  const {locks} = await stateStore(connection, settings, namesOf({app: 'app', env: 'dev', service: 'v1'}))
  return locks.map(({name}) => (name.startsWith('lock file') ? 'lockfile' : 'table'))
}

it('holds every lock, in the order of Terraform, before it reads what it will replace', async () => {
  const {store, seen} = prepared({locks: 2})
  await run(writing(store), change())
  const order = await locksInS3()
  expect(order).toEqual(['lockfile', 'table'])
  expect(seen.calls.slice(0, 4)).toEqual([...order.map((lock) => `take ${lock}`), 'read other', 'get'])
  expect(seen.calls.slice(-2)).toEqual(order.toReversed().map((lock) => `free ${lock}`))
})

it('is busy when somebody holds the state, and says who', async () => {
  const {store, held, current} = prepared({locks: 2})
  const Info = JSON.stringify({
    ID: 'abc',
    Who: 'bob@ci',
    Operation: 'OperationTypeApply',
    Created: '2026-11-23T09:57:00Z',
  })
  held.set('lockfile', Info)
  await expect(run(writing(store), change())).rejects.toMatchObject({
    exitCode: 5,
    message: 'The state is locked by bob@ci.',
    because: ['bucket/app/dev/terraform.tfstate', 'apply · for 3m · lockfile · lock abc'],
  })
  expect(current()).toEqual(OLD)
  expect(Object.fromEntries(held)).toEqual({lockfile: Info})
})

it('is busy when somebody holds it by a lock that fb.yml does not ask for', async () => {
  const {store, held, current} = prepared()
  held.set('other', JSON.stringify({ID: 'abc', Who: 'bob@ci'}))
  await expect(run(writing(store), change())).rejects.toMatchObject({exitCode: 5, message: /bob@ci/})
  expect(current()).toEqual(OLD)
  expect([...held.keys()]).toEqual(['other'])
})

it('waits for the lock as long as it was told to', async () => {
  const {store, held, current} = prepared()
  held.set('table', '{}')
  let naps = 0
  const patient = writing(store, {lockTimeout: 60_000})
  const {sleep} = patient.clock
  patient.clock.sleep = async (ms) => {
    if (++naps === 3) held.clear()
    await sleep(ms)
  }
  await run(patient, change())
  expect(naps).toBe(3)
  expect(current()).toEqual(NEW)
})

it.each([
  ['the state was changed since the plan', {etag: 'another'}, 5],
  ['the result has another lineage', {lineage: 'another'}, 1],
  ['the result is not newer', {above: 8}, 1],
])('writes nothing when %s', async (_, more, exitCode) => {
  const {store, current, held, seen} = prepared()
  await expect(run(writing(store), change(more))).rejects.toMatchObject({exitCode})
  expect(current()).toEqual(OLD)
  expect(seen.digest).toBe(md5(OLD))
  expect(held.size).toBe(0)
})

it('writes nothing after Ctrl-C, and everything when it comes too late', async () => {
  for (const step of ['lock', 'backup', 'write', 'verify']) {
    const {store, current, held} = prepared()
    const abort = new AbortController()
    const run = replaceState(writing(store, {signal: abort.signal}), change())
    const ended = (async () => {
      for (;;) {
        const {done, value} = await run.next()
        if (done) return
        if (value.type === 'start' && value.step === step) abort.abort(new Error('Ctrl-C'))
      }
    })()
    if (step === 'verify') await ended
    else await expect(ended).rejects.toThrow('Ctrl-C')
    expect(current()).toEqual(step === 'verify' ? NEW : OLD)
    expect(held.size).toBe(0)
  }
})

class Died extends Error {}

/** The calls that a whole run makes. */
const NAMES = await (async () => {
  const {store, seen} = prepared({locks: 2})
  await run(writing(store), change())
  return seen.calls
})()
const CALLS = NAMES.length

describe('whenever the process dies', () => {
  const deaths = Array.from({length: CALLS}, (_, i) => i)

  it.each(deaths)('after %i calls, the state is the old or the new one, whole, and Terraform reads it', async (n) => {
    let calls = 0
    const before = () => {
      if (calls++ >= n) throw new Died()
    }
    const {store, current, seen, held, objects} = prepared({before, locks: 2})
    await expect(run(writing(store), change())).rejects.toThrow()
    const state = current()!
    expect([OLD, NEW]).toContainEqual(state)
    expect([undefined, md5(state)]).toContain(seen.digest)
    if (state.equals(NEW)) expect([...objects.keys()].some((key) => key.endsWith('.manifest.json'))).toBe(true)
    for (const info of held.values()) expect(JSON.parse(info)).toMatchObject({Who: 'ann@laptop', Info: 'pid 4711'})
    expect(objects.get(store.key)!.map(({bytes}) => bytes)).toEqual(state.equals(NEW) ? [OLD, NEW] : [OLD])
  })
})

describe('when one call fails', () => {
  // Looking at a lock that fb.yml does not ask for may be denied.
  const failures = Array.from({length: CALLS}, (_, i) => i).filter((i) => NAMES[i] !== 'read other')

  it.each(failures)('number %i, it ends with the state told truly, and with no lock it did not tell of', async (n) => {
    let calls = 0
    const before = () => {
      if (calls++ === n) throw Object.assign(new Error('denied'), {name: 'AccessDeniedException'})
    }
    const {store, current, seen, held} = prepared({before, locks: 2})
    const failure: FbError = await run(writing(store), change()).catch((error) => error)
    expect(failure).toBeInstanceOf(Error)
    const state = current()!
    expect([undefined, md5(state)]).toContain(seen.digest)
    const told = failure instanceof FbError ? `${failure.message} ${failure.state}` : ''
    if (state.equals(NEW)) expect(told).toMatch(/new one|The change is made|The new state is written/)
    else expect(told).not.toMatch(/new one|The change is made/)
    if (held.size > 0) expect(told).toMatch(/still locked/i)
  })
})

it('leaves the digest of a state that is gone until another one is there', async () => {
  const {store, seen, objects} = prepared()
  objects.delete(store.key)
  const failing: StateStore = {...store, replace: async () => Promise.reject(new Error('denied'))}
  await expect(run(writing(failing), change({etag: undefined}))).rejects.toThrow('denied')
  expect(seen.digest).toBe(md5(OLD))
  await run(writing(store), change({etag: undefined}))
  expect(seen.digest).toBe(md5(NEW))
})

describe('when AWS cannot be reached any more', () => {
  const failures = Array.from({length: CALLS}, (_, i) => i)

  it.each(failures)('from call %i on, what is still locked is told', async (n) => {
    let calls = 0
    const before = () => {
      if (calls++ >= n) throw Object.assign(new Error('down'), {code: 'ECONNREFUSED'})
    }
    const {store, held} = prepared({before, locks: 2})
    const failure: FbError = await run(writing(store), change()).catch((error) => error)
    if (held.size > 0)
      expect(failure).toMatchObject({exitCode: 6, next: [expect.stringMatching(/^fb state unlock \S+/)]})
    for (const name of held.keys()) expect(failure.state).toContain(name)
  })
})
