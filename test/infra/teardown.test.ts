import {expect, it} from 'vitest'

import type {Event} from '../../src/events.js'
import {lastSnapshots, named} from '../../src/infra/snapshots.js'
import {planTeardown} from '../../src/infra/teardown.js'
import {readDocument} from '../../src/state/document/document.js'
import {stateBytes} from '../support/states.js'

const document = (resources: Record<string, Record<string, unknown>>) =>
  readDocument(stateBytes({resources}), 'the state')

const all = document({
  'aws_vpc.main': {id: 'vpc-1'},
  'aws_db_instance.main': {id: 'db-1', identifier: 'app-dev', skip_final_snapshot: true},
  'aws_kms_key.main': {id: 'key-1'},
  'aws_ssm_parameter.URL': {id: '/app/dev/URL'},
})
const dev = {name: 'dev', protected: false}
const lose = ['aws_db_instance.main', 'aws_kms_key.main']

it('refuses while data would go that nobody has named', () => {
  const refused = expect(() => planTeardown(all, {keep: [], lose: ['aws_kms_key.main']}, dev))
  refused.toThrow(
    expect.objectContaining({
      code: 'protected_data',
      exitCode: 7,
      because: ['aws_db_instance.main (db-1)'],
      next: ["--keep 'aws_db_instance.main'   or   --lose 'aws_db_instance.main'"],
    }),
  )
})

it('counts parameters and logs among the data where the environment matters', () => {
  expect(planTeardown(all, {keep: [], lose}, dev).targets).toBeUndefined()
  expect(() => planTeardown(all, {keep: [], lose}, {name: 'prod', protected: true})).toThrow(
    expect.objectContaining({because: ['aws_ssm_parameter.URL (/app/dev/URL)']}),
  )
})

it('says which key goes with a database', () => {
  const {keys} = planTeardown(all, {keep: [], lose}, dev)
  expect(keys).toEqual(['aws_kms_key.main'])
})

it('destroys all but what is kept', () => {
  const {targets, kept} = planTeardown(all, {keep: ['aws_db_instance.main', 'aws_kms_key.*'], lose: []}, dev)
  expect(kept).toEqual(['aws_db_instance.main', 'aws_kms_key.main'])
  expect(targets).toEqual(['aws_vpc.main', 'aws_ssm_parameter.URL'])
})

it('destroys a part with all that needs it, and asks for the data in that alone', () => {
  const parts = readDocument(
    stateBytes({
      resources: {
        'aws_vpc.main': {id: 'vpc-1'},
        'aws_subnet.a': {id: 'subnet-1'},
        'aws_kms_key.main': {id: 'key-1'},
        'aws_lb.main': {id: 'lb-1'},
      },
      dependencies: {'aws_subnet.a': ['aws_vpc.main'], 'aws_lb.main': ['aws_subnet.a']},
    }),
    'the state',
  )
  const only = (...addresses: string[]) => planTeardown(parts, {keep: [], lose: [], only: addresses}, dev).targets
  expect(only('aws_vpc.main')).toEqual(['aws_vpc.main', 'aws_subnet.a', 'aws_lb.main'])
  expect(only('aws_lb.main')).toEqual(['aws_lb.main'])
  expect(() => only('aws_kms_key.main')).toThrow(expect.objectContaining({code: 'protected_data'}))
  expect(() => only('aws_sns_topic.alerts')).toThrow(expect.objectContaining({code: 'nothing_to_do'}))
  expect(
    planTeardown(parts, {keep: ['aws_subnet.a'], lose: [], only: ['aws_subnet.a', 'aws_lb.main']}, dev).targets,
  ).toEqual(['aws_lb.main'])
})

it('knows the repositories that AWS would not delete while they hold images', () => {
  const shared = document({
    'aws_ecr_repository.main': {id: 'app', name: 'app'},
    'aws_ecr_repository.scratch': {id: 'scratch', name: 'scratch', force_delete: true},
  })
  const {repositories} = planTeardown(shared, {keep: [], lose: ['aws_ecr_repository.*']}, dev)
  expect(repositories).toEqual([{address: 'aws_ecr_repository.main', name: 'app'}])
})

it('refuses what AWS would refuse in the middle of the work', () => {
  const guarded = document({'aws_lb.main': {enable_deletion_protection: true}})
  expect(() => planTeardown(guarded, {keep: [], lose: []}, dev)).toThrow(
    expect.objectContaining({
      code: 'deletion_protection',
      next: ['set environments.dev.loadBalancer.deletionProtection to false in fb.yml', 'fb infra up --env dev'],
    }),
  )
})

it('finds a slip in a name', () => {
  expect(() => planTeardown(all, {keep: ['aws_db_instance.mian'], lose: []}, dev)).toThrow('aws_db_instance.mian')
})

it('waits for a snapshot until it is there, and gives up on one that failed', async () => {
  const clock = {now: () => new Date('2026-11-23T10:15:00Z'), sleep: async () => {}}
  const take = async (statuses: string[]) => {
    const asked: string[] = []
    const aws = {
      createSnapshot: async (database: string, name: string) => void asked.push(`${database} ${name}`),
      snapshot: async () => ({status: statuses.shift()!, percent: 10}),
    }
    const snapshots = named([{address: 'aws_db_instance.main', identifier: 'app-dev'}], clock.now())
    const {signal} = new AbortController()
    const run = lastSnapshots(aws, snapshots, {clock, signal, command: 'fb infra down'})
    const events: Event[] = []
    for (;;) {
      const {done, value} = await run.next()
      if (done) return {asked, events}
      events.push(value)
    }
  }
  const {asked, events} = await take(['creating', 'available'])
  expect(asked).toEqual(['app-dev app-dev-final-20261123101500'])
  expect(events.map(({type}) => type)).toEqual(['start', 'stands', 'progress', 'done'])
  await expect(take(['failed'])).rejects.toThrow('app-dev-final-20261123101500 is failed')
})
