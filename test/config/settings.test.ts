import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'

import {readFbYml} from '../../src/config/fb-yml.js'
import {environmentOf, inRegion, serviceOf, settle} from '../../src/config/settings.js'

it('needs no fb.yml', () => {
  const settings = settle({})
  expect(Object.keys(settings.environments)).toEqual(['dev', 'test', 'prod', 'sandbox'])
  expect(settings.environments).toMatchObject({
    dev: {protected: false, cpu: 256},
    prod: {protected: true, maxTasks: 2},
    sandbox: {account: '000000000000'},
  })
  expect(settings.state).toEqual({
    bucket: 'fastapi-bootstrap-terraform-state',
    lockTable: 'terraform-locks',
    lockfile: false,
  })
})

it('locks the state in DynamoDB, in S3, or in both, and never not at all', () => {
  const stateOf = (text: string) => settle(readFbYml('fb.yml', text)).state
  expect(stateOf('state: {lockfile: true}\n')).toMatchObject({lockTable: 'terraform-locks', lockfile: true})
  expect(stateOf('state: {lockTable: mine, lockfile: only}\n')).toMatchObject({unusedTable: 'mine', lockfile: true})
  expect(() => stateOf('state: {lockfile: never}\n')).toThrow('fb.yml')
})

it('reads the example of the README', () => {
  const [, example] = /```yaml\n(app:[\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? []
  const settings = settle(readFbYml('fb.yml', example!))
  expect(settings.environments.prod).toMatchObject({
    account: '222222222222',
    protected: true,
    profile: 'prod',
    region: 'us-east-1',
  })
})

it('lets an environment live in a region of its own', () => {
  const {environments} = settle(
    readFbYml('fb.yml', 'region: eu-west-1\nenvironments:\n  dev: {}\n  prod: {region: us-west-2}\n'),
  )
  expect(environments).toMatchObject({dev: {region: 'eu-west-1'}, prod: {region: 'us-west-2', protected: true}})
  expect(environments.test).toBeUndefined()
})

it('takes an environment to another region with the zones of that one, unless zones are named', () => {
  const dev = (text: string) => settle(readFbYml('fb.yml', text)).environments.dev!
  expect(inRegion(dev(''), 'ap-northeast-1')).toMatchObject({
    region: 'ap-northeast-1',
    network: {zones: ['a', 'c', 'd'], cidr: '10.0.0.0/16'},
  })
  const chosen = dev('environments: {dev: {network: {zones: [b, c, d]}}}')
  expect(inRegion(chosen, 'ap-northeast-1').network.zones).toEqual(['b', 'c', 'd'])
})

it.each([
  ['an unknown key', 'app: x\nenviroments: {}\n', 'line 2: enviroments: unknown key, did you mean environments?'],
  [
    'an unknown key further in',
    'environments:\n  dev:\n    acount: "111111111111"\n',
    'line 3: environments.dev.acount: unknown key, did you mean account?',
  ],
  [
    'an account that YAML read as a number',
    'environments:\n  dev: {account: 111111111111}\n',
    /line 2: environments.dev.account: /,
  ],
  [
    'an account of the wrong length',
    'environments:\n  dev: {account: "123"}\n',
    'line 2: environments.dev.account: an AWS account: 12 digits in quotes',
  ],
  ['a region that is none', 'region: europe\n', 'line 1: region: an AWS region such as us-east-1'],
  [
    'a reserved environment',
    'environments:\n  sandbox: {}\n',
    'environments.sandbox: fb has an environment of that name itself',
  ],
])('refuses %s', (_, text, because) => {
  expect(() => readFbYml('fb.yml', text)).toThrow('fb.yml is not valid')
  try {
    readFbYml('fb.yml', text)
  } catch (error) {
    expect((error as {because: string[]}).because[0]).toEqual(
      typeof because === 'string' ? because : expect.stringMatching(because),
    )
  }
})

it('says where YAML is broken', () => {
  expect(() => readFbYml('fb.yml', 'app: x\n  - y: [\n')).toThrow(/^fb.yml:\d+ is not valid/)
})

it('names the nearest environment and service', () => {
  const settings = settle({})
  expect(() => environmentOf(settings, 'prd')).toThrow(
    expect.objectContaining({exitCode: 2, because: ['Did you mean prod?']}),
  )
  expect(() => serviceOf(settings, 'v2')).toThrow(expect.objectContaining({exitCode: 2}))
})

it('asks which service when there are several', () => {
  const service = {path: '/', port: 1, health: '/'}
  const settings = settle({services: {v1: service, v2: service}})
  expect(serviceOf(settings, 'v2')).toBe('v2')
  expect(() => serviceOf(settings)).toThrow(/Which service/)
})
