import {expect, it} from 'vitest'

import type {Event} from '../../src/events.js'
import type {BackendAws, BucketFacts, Goal, TableFacts} from '../../src/state/backend/backend.js'
import {type BootstrapPlan, bootstrap, planBootstrap, toDo} from '../../src/state/backend/bootstrap.js'
import {bootstrapDocument, bootstrapQuestion} from '../../src/state/backend/bootstrap-text.js'

const goal: Goal = {
  app: 'app',
  bucket: 'app-terraform-state',
  region: 'eu-west-1',
  lockTable: 'terraform-locks',
  account: '111111111111',
  partition: 'aws',
}

const bare: BucketFacts = {lifecycle: [], empty: true}
const table: TableFacts = {
  key: ['LockID'],
  active: true,
  billing: 'PAY_PER_REQUEST',
  recovery: true,
  deletionProtection: true,
}

type World = {region?: string; bucket?: BucketFacts; table?: TableFacts}

/** An account; `calls` are the writes it was asked for. A new table needs to be asked twice before it is there. */
function account(world: World = {}) {
  const calls: string[] = []
  const write = async (name: string, change: () => void) => {
    calls.push(name)
    change()
    return true
  }
  const set = (more: Partial<BucketFacts>) => () => Object.assign(world.bucket!, more)
  const setTable = (more: Partial<TableFacts>) => () => Object.assign(world.table!, more)
  const fresh = {...table, active: false, recovery: false}
  const aws: BackendAws = {
    bucketRegion: async () => world.region,
    bucketFacts: async () => world.bucket!,
    createBucket: () => write('bucket', () => Object.assign(world, {region: goal.region, bucket: {...bare}})),
    turnVersioningOn: () => write('versioning', set({versioning: 'Enabled'})),
    encryptBucket: () => write('encryption', set({encryption: 'AES256'})),
    blockPublicAccess: () => write('public access', set({publicAccess: {BlockPublicAcls: true}})),
    changePolicy: (change) => write('policy', () => set({policy: change(world.bucket!.policy)})()),
    changeLifecycle: (change) => write('lifecycle', () => set({lifecycle: change(world.bucket!.lifecycle)})()),
    async tableFacts() {
      const now = world.table && {...world.table}
      setTimeout(() => world.table && Object.assign(world.table, {active: true}))
      return now
    },
    createTable: () => write('table', () => Object.assign(world, {table: {...fresh}})),
    payPerRequest: () => write('billing', setTable({billing: 'PAY_PER_REQUEST'})),
    turnRecoveryOn: () => write('recovery', setTable({recovery: true})),
    protectTable: () => write('protection', setTable({deletionProtection: true})),
  }
  return {aws, calls, world}
}

function clock() {
  let now = 0
  const sleep = async (ms: number) => {
    now += ms
    await new Promise((resolve) => setTimeout(resolve))
  }
  return {now: () => new Date(now), sleep}
}

async function carryOut(aws: BackendAws, plan: BootstrapPlan, until = (_: Event) => false): Promise<void> {
  for await (const event of bootstrap(aws, plan, clock())) if (until(event)) return
}

const states = ({items}: BootstrapPlan) => Object.fromEntries(items.map(({id, state}) => [id, state]))

it('makes everything where there is nothing, and nothing where there is everything', async () => {
  const {aws, calls} = account()
  const plan = await planBootstrap(aws, goal)
  expect(new Set(Object.values(states(plan)))).toEqual(new Set(['missing']))
  expect(bootstrapQuestion(plan)).toBe('Create bucket and lock table?')
  await carryOut(aws, plan)
  // What a new table has from the beginning is not written again.
  const settings = ['versioning', 'encryption', 'policy', 'public access', 'lifecycle', 'lifecycle']
  expect(calls).toEqual(['bucket', ...settings, 'table', 'recovery'])
  expect(toDo(await planBootstrap(aws, goal))).toEqual([])
})

it('lets an emulator’s bucket be spoken to as it can be', async () => {
  const {aws, calls} = account()
  await carryOut(aws, await planBootstrap(aws, {...goal, plainHttp: true}))
  expect(calls).not.toContain('policy')
})

it('goes on where it was left, wherever that was', async () => {
  const all = (await planBootstrap(account().aws, goal)).items.map(({id}) => id)
  for (const last of all) {
    const {aws} = account()
    const plan = await planBootstrap(aws, goal)
    await carryOut(aws, plan, (event) => event.type === 'done' && event.step === last)
    await carryOut(aws, await planBootstrap(aws, goal))
    expect(toDo(await planBootstrap(aws, goal)), `left after ${last}`).toEqual([])
  }
})

it('waits for a table that somebody has just created', async () => {
  const {aws, calls} = account({region: goal.region, bucket: {...bare}, table: {...table, active: false}})
  const plan = await planBootstrap(aws, goal)
  expect(states(plan)).toMatchObject({'lock-table': 'missing', recovery: 'right'})
  await carryOut(aws, plan)
  expect(calls).not.toContain('table')
})

it('gives up waiting after three minutes', async () => {
  const {aws} = account()
  const plan = await planBootstrap(aws, goal)
  const never = {...aws, turnVersioningOn: async () => false}
  await expect(carryOut(never, plan)).rejects.toMatchObject({
    exitCode: 8,
    message: expect.stringContaining('versioning'),
  })
})

it('finds right what is stricter than wanted', async () => {
  const strict: BucketFacts = {
    versioning: 'Enabled',
    encryption: 'aws:kms',
    publicAccess: {BlockPublicAcls: true, RestrictPublicBuckets: true},
    policy: {
      Statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: '*',
        Resource: '*',
        Condition: {Bool: {'aws:SecureTransport': 'false'}},
      },
    },
    lifecycle: [{Status: 'Enabled', AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}}],
    empty: false,
  }
  const {aws} = account({region: goal.region, bucket: strict, table})
  const {items} = await planBootstrap(aws, goal)
  expect(items.filter(({state}) => state !== 'right')).toEqual([])
  expect(items.find(({id}) => id === 'old-versions')).toMatchObject({is: 'kept for ever'})
})

it('names in its question what it would change', async () => {
  const bucket: BucketFacts = {
    ...bare,
    versioning: 'Suspended',
    publicAccess: {BlockPublicAcls: false, IgnorePublicAcls: true},
    lifecycle: [{ID: 'tidy', Status: 'Enabled', NoncurrentVersionExpiration: {NoncurrentDays: 30}}],
  }
  const {aws, world} = account({region: goal.region, bucket, table: {...table, billing: 'PROVISIONED'}})
  const plan = await planBootstrap(aws, goal)
  expect(bootstrapQuestion(plan)).toBe(
    'Set encryption, HTTPS only and unfinished uploads; change versioning (suspended → on), public access block ' +
      '(no BlockPublicAcls → on), old versions (rule tidy keeps them 30 days → kept 90 days) and billing ' +
      '(provisioned capacity → per request)?',
  )
  await carryOut(aws, plan)
  expect(world.bucket!.lifecycle).toMatchObject([
    {ID: 'tidy', NoncurrentVersionExpiration: {NoncurrentDays: 90}},
    {ID: 'fb-unfinished-uploads'},
  ])
  const {result, items} = bootstrapDocument(plan, true)
  expect(result).toBe('done')
  expect(items.find(({id}) => id === 'versioning')).toMatchObject({state: 'changed', detail: 'suspended → on'})
})

it('makes no table where lock files are the lock', async () => {
  const {aws, calls} = account()
  const plan = await planBootstrap(aws, {...goal, lockTable: undefined})
  expect(plan.items).toHaveLength(7)
  await carryOut(aws, plan)
  expect(calls).not.toContain('table')
})

it('refuses a bucket elsewhere, and says which key of fb.yml is wrong', async () => {
  const {aws} = account({region: 'us-west-2', bucket: bare})
  await expect(planBootstrap(aws, goal)).rejects.toMatchObject({
    exitCode: 2,
    message: 'Bucket app-terraform-state is in us-west-2, not in eu-west-1.',
    next: [expect.stringContaining('state.region'), expect.stringContaining('state.bucket')],
  })
})

it('refuses a table that Terraform cannot lock with', async () => {
  const {aws} = account({table: {...table, key: ['id', 'sort']}})
  await expect(planBootstrap(aws, goal)).rejects.toMatchObject({
    exitCode: 7,
    message: 'Terraform cannot lock with table terraform-locks: its key is id and sort, not LockID.',
  })
})
