import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import type {FbError} from '../../src/errors.js'
import type {CurrentState} from '../../src/state/current.js'
import {covers, forShell, targetOf} from '../../src/state/document/address.js'
import {readDocument} from '../../src/state/document/document.js'
import {type Edit, editState} from '../../src/state/edit.js'
import {planMove} from '../../src/state/move.js'
import {planRemoval} from '../../src/state/removal.js'
import {memoryStore} from '../support/memory-store.js'
import {stateBytes} from '../support/states.js'

const RESOURCES = {
  'aws_vpc.main': {id: 'vpc-1'},
  'aws_subnet.a[0]': {id: 'subnet-0'},
  'aws_subnet.a[1]': {id: 'subnet-1'},
  'aws_ssm_parameter.p["DB_URL"]': {id: '/app/DB_URL', value: 'hunter2'},
  'data.aws_region.here': {id: 'us-east-1'},
  'module.ecs.aws_ecs_cluster.c': {id: 'arn:cluster'},
  'module.ecs.module.alb["x"].aws_lb.l': {id: 'arn:lb'},
  'module.ecs2.aws_ecs_cluster.c': {id: 'arn:other'},
}

/** states.ts makes a resource of each address; instances of one resource belong together. */
function current(resources: Record<string, Record<string, unknown>> = RESOURCES, more = {}): CurrentState {
  const bytes = stateBytes({serial: 7, resources})
  const etag = createHash('md5').update(bytes).digest('hex')
  return {...readDocument(bytes, 'it'), etag, at: new Date(0), digestMatches: true, ...more}
}

const removal = (...patterns: string[]) => planRemoval(current(), patterns)
const forgotten = (...patterns: string[]) => removal(...patterns).forgotten.map(({address}) => address)

describe('rm', () => {
  it('names everything an address stands for, with the id that it keeps in AWS', () => {
    expect(removal('aws_vpc.main').forgotten).toEqual([{address: 'aws_vpc.main', data: false, id: 'vpc-1'}])
    expect(forgotten('aws_subnet.a')).toEqual(['aws_subnet.a[0]', 'aws_subnet.a[1]'])
    expect(forgotten('module.ecs')).toEqual(['module.ecs.aws_ecs_cluster.c', 'module.ecs.module.alb["x"].aws_lb.l'])
    expect(forgotten('aws_subnet.a[1]', 'aws_subnet.a')).toEqual(['aws_subnet.a[0]', 'aws_subnet.a[1]'])
  })

  it('shows no id that is a secret', () => {
    const bytes = stateBytes({resources: {'aws_vpc.main': {id: 'hunter2'}}, sensitive: {'aws_vpc.main': ['id']}})
    const state = {...current(), ...readDocument(bytes, 'it')}
    expect(planRemoval(state, ['aws_vpc.main']).forgotten).toEqual([{address: 'aws_vpc.main', data: false}])
  })

  it('says to Terraform what Terraform understands', () => {
    expect(removal('module.ecs', 'module.ecs').edit).toEqual(['rm', 'module.ecs'])
    expect(removal('aws_ssm_parameter.p[DB_URL]').edit).toEqual(['rm', 'aws_ssm_parameter.p["DB_URL"]'])
    expect(removal('aws_*').edit.length).toBe(5)
    expect(removal('aws_subnet.a[1]', 'aws_subnet.a', 'aws_subnet.*').edit).toEqual([
      'rm',
      'aws_subnet.a[1]',
      'aws_subnet.a',
    ])
  })

  it('counts what stays', () => {
    const {rest, after} = removal('aws_subnet.a')
    expect(rest).toBe(5)
    expect(after).not.toContain('aws_subnet.a[0]')
    expect(after).toHaveLength(6)
  })

  it('does nothing at all when one of several addresses is unknown', () => {
    expect(() => removal('aws_vpc.main', 'aws_vpc.mian')).toThrow(expect.objectContaining({exitCode: 3}))
    expect(() => removal('-lock=false')).toThrow(expect.objectContaining({exitCode: 3}))
  })

  it('does not touch a state that Terraform refuses', () => {
    const state = current(RESOURCES, {digestMatches: false})
    expect(() => planRemoval(state, ['aws_vpc.main'])).toThrow(expect.objectContaining({code: 'digest_differs'}))
  })
})

describe('mv', () => {
  const move = (from: string, to: string) => planMove(current(), from, to)
  const moved = (from: string, to: string) => move(from, to).moved.map((one) => [one.address, one.to])
  const refusal = (from: string, to: string) => {
    try {
      return move(from, to).edit.join(' ')
    } catch (error) {
      const {message, exitCode} = error as Error & {exitCode: number}
      return `${exitCode} ${message}`
    }
  }

  it('gives an instance, a resource or a module its new address', () => {
    expect(moved('aws_vpc.main', 'module.net.aws_vpc.main["x"]')).toEqual([
      ['aws_vpc.main', 'module.net.aws_vpc.main["x"]'],
    ])
    expect(moved('aws_subnet.a', 'module.net.aws_subnet.b')).toEqual([
      ['aws_subnet.a[0]', 'module.net.aws_subnet.b[0]'],
      ['aws_subnet.a[1]', 'module.net.aws_subnet.b[1]'],
    ])
    expect(moved('module.ecs', 'module.app[0]')).toEqual([
      ['module.ecs.aws_ecs_cluster.c', 'module.app[0].aws_ecs_cluster.c'],
      ['module.ecs.module.alb["x"].aws_lb.l', 'module.app[0].module.alb["x"].aws_lb.l'],
    ])
    expect(move('aws_ssm_parameter.p[DB_URL]', 'aws_ssm_parameter.q').edit[1]).toBe('aws_ssm_parameter.p["DB_URL"]')
  })

  it('refuses what Terraform refuses, before anything is asked', () => {
    expect(refusal('aws_vpc.gone', 'aws_vpc.b')).toMatch(/^3 /)
    expect(refusal('aws_subnet.a[0]', 'aws_subnet.a[1]')).toMatch(/^7 aws_subnet.a\[1\] is taken/)
    expect(refusal('aws_vpc.main', 'aws_vpc.main')).toMatch(/^7 aws_vpc.main is taken/)
    expect(refusal('module.ecs', 'module.ecs2')).toMatch(/^7 module.ecs2 is taken/)
    expect(refusal('aws_vpc.main', 'aws_subnet.b')).toMatch(/^7 .*aws_vpc and aws_subnet are different types/)
    expect(refusal('aws_vpc.main', 'module.b')).toMatch(/^7 .*a resource cannot become a module/)
    expect(refusal('module.ecs', 'aws_vpc.b')).toMatch(/^7 .*a module cannot become a resource/)
    expect(refusal('aws_subnet.a', 'aws_subnet.b[0]')).toMatch(/^7 .*several instances/)
    expect(refusal('data.aws_region.here', 'aws_region.here')).toMatch(/^7 /)
    expect(refusal('module.ecs.module.alb', 'module.alb')).toMatch(/^7 module.ecs.module.alb is not one thing/)
    expect(refusal('aws_vpc.main', 'aws_vpc.x[y]')).toMatch(/^2 /)
    expect(refusal('aws_vpc.main', '-state=x')).toMatch(/^2 /)
  })

  it('sees that a shell took the quotes away', () => {
    const because = [`Shells take double quotes away. Type 'module.x["y"].aws_vpc.main'`]
    expect(() => move('aws_vpc.main', 'module.x[y].aws_vpc.main')).toThrow(expect.objectContaining({because}))
  })

  it('warns of a resource whose instances no code can define together', () => {
    expect(move('aws_subnet.a[0]', 'aws_subnet.a["x"]').warning).toContain('aws_subnet.a')
    expect(move('aws_subnet.a[0]', 'aws_subnet.a[7]').warning).toBeUndefined()
    expect(move('aws_ssm_parameter.p["DB_URL"]', 'aws_ssm_parameter.p').warning).toBeUndefined()
  })
})

describe('the change itself', () => {
  /** Someone in Terraform's place, who leaves these resources. */
  async function run(left: Record<string, Record<string, unknown>>, patterns = ['aws_ssm_parameter.p', 'module.ecs']) {
    const memory = memoryStore()
    const {bytes} = current()
    memory.put(memory.store.key, bytes)
    const asked: Edit[] = []
    const writing = {
      store: memory.store,
      backups: {objects: memory.store.objects, prefix: 'backups/dev/', of: {app: 'app', env: 'dev'}},
      by: 'arn:aws:iam::1:user/ann',
      worker: {user: 'ann', host: 'laptop', pid: 4711, version: '1.0.0'},
      clock: {now: () => new Date(0), sleep: async () => {}},
      lockTimeout: 0,
      signal: new AbortController().signal,
    }
    const work = editState(writing, removal(...patterns), async (_, edit) => {
      asked.push(edit)
      return stateBytes({serial: 8, resources: left})
    })
    let failure: FbError | undefined
    try {
      while (!(await work.next()).done);
    } catch (error) {
      failure = error as FbError
    }
    const manifest = [...memory.objects.keys()].find((key) => key.endsWith('.manifest.json'))
    const {why} = JSON.parse(String(memory.bytesOf(manifest!)))
    return {
      asked,
      why,
      failure,
      untouched: memory.current()!.equals(bytes),
      held: memory.held,
      current: memory.current()!,
    }
  }

  const without = (...gone: string[]) =>
    Object.fromEntries(Object.entries(RESOURCES).filter(([address]) => !gone.some((one) => address.startsWith(one))))

  it('is what was planned, and is written', async () => {
    const {asked, failure, current: now} = await run(without('aws_ssm_parameter.p', 'module.ecs.'))
    expect(failure).toBeUndefined()
    expect(asked).toEqual([['rm', 'aws_ssm_parameter.p', 'module.ecs']])
    expect(readDocument(now, 'it').serial).toBe(8)
  })

  it('says in the backup what it was for, in one line', async () => {
    const gone = without('aws_', 'module.', 'data.')
    expect((await run(gone, ['aws_vpc.main', '*'])).why).toBe(
      "fb state rm aws_vpc.main 'aws_subnet.a[0]' 'aws_subnet.a[1]' and 5 more",
    )
  })

  it('is not written when Terraform has made something else than was planned', async () => {
    const more = await run(without('aws_ssm_parameter.p', 'module.ecs.', 'aws_vpc.main'))
    expect(more).toMatchObject({
      untouched: true,
      failure: {code: 'unplanned_result', because: ['missing: aws_vpc.main']},
    })
    const less = await run(without('aws_ssm_parameter.p', 'module.ecs.module'))
    expect(less.untouched).toBe(true)
    expect(less.failure?.because).toEqual(['not planned: module.ecs.aws_ecs_cluster.c'])
    expect(less.held.size).toBe(0)
  })
})

it('reads addresses as Terraform does', () => {
  expect(targetOf('module.a["x.y"].module.b[0]')?.resource).toBeUndefined()
  expect(targetOf('module.a["x.y"].module.b[0]')?.steps.map(({index}) => index)).toEqual(['x.y', 0])
  expect(targetOf('module.a.data.aws_x.y["k\\"]"]')?.resource).toEqual({mode: 'data', type: 'aws_x', index: 'k"]'})
  for (const none of [
    '',
    'aws_vpc',
    'a.b.c',
    'module',
    'module.',
    'module.a.',
    'a.b[*]',
    'a.b[c]',
    'data.x',
    '-a.b',
    'a.b.module.c',
    'a.b["\\q"]',
    'a.1b',
    'a.b[]',
  ])
    expect(targetOf(none), none).toBeUndefined()
  expect(covers(targetOf('module.ecs')!, 'module.ecs2.aws_vpc.a')).toBe(false)
  expect(covers(targetOf('aws_vpc.a')!, 'aws_vpc.ab')).toBe(false)
  expect(covers(targetOf('module.a')!, 'module.a[1].aws_vpc.a')).toBe(true)
  expect(covers(targetOf('module.a.module.b')!, 'module.a[1].module.b.aws_vpc.a')).toBe(false)
  expect(covers(targetOf('aws_vpc.a["0"]')!, 'aws_vpc.a[0]')).toBe(false)
  expect(covers(targetOf('aws_vpc.a["\\u0078"]')!, 'aws_vpc.a["x"]')).toBe(true)
})

it('writes addresses as a shell takes them', () => {
  expect(forShell('aws_vpc.main')).toBe('aws_vpc.main')
  expect(forShell('aws_vpc.main["it\'s"]')).toBe(`'aws_vpc.main["it'\\''s"]'`)
})
