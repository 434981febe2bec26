import {expect, it} from 'vitest'

import {readFbYml} from '../../src/config/fb-yml.js'
import {settle} from '../../src/config/settings.js'

function complaints(text: string): string[] {
  try {
    readFbYml('fb.yml', text)
    return []
  } catch (error) {
    return (error as {because: string[]}).because
  }
}

const dev = (knobs: string) => complaints(`environments:\n  dev:\n    ${knobs}\n`)
const services = (paths: string[]) =>
  complaints(`services:\n${paths.map((path, i) => `  v${i + 1}: {path: "${path}"}\n`).join('')}`)

it('names what Fargate offers, at the key that a person wrote', () => {
  expect(dev('cpu: 1024')).toEqual([
    'line 3: environments.dev.cpu: with 1024 CPU units Fargate has 2048 to 8192 in steps of 1024 MiB of memory, not 512',
  ])
  expect(dev('memory: 1536')[0]).toContain('environments.dev.memory: with 256 CPU units Fargate has 512, 1024 or 2048')
  expect(dev('cpu: 300')[0]).toContain('Fargate has 256, 512, 1024, 2048, 4096, 8192, 16384')
  expect(dev('{cpu: 8192, memory: 20480}')).toEqual([])
})

it('counts what fb.yml leaves out with what holds then', () => {
  expect(complaints('environments: {prod: {memory: 512}}')[0]).toContain('with 1024 CPU units')
  expect(dev('minTasks: 3')[0]).toContain('environments.dev.minTasks: 3 is more than maxTasks, which is 1')
  expect(dev('database: {storageGb: 200}')[0]).toContain('database.storageGb: 200 is more than maxStorageGb')
})

it('wants three zones: those of the region unless they are named', () => {
  const zones = (text: string, env = 'dev') => settle(readFbYml('fb.yml', text)).environments[env]?.network.zones
  expect(zones('')).toEqual(['a', 'b', 'c'])
  expect(zones('region: ap-northeast-1')).toEqual(['a', 'c', 'd'])
  expect(zones('environments: {dev: {region: ca-central-1}}')).toEqual(['a', 'b', 'd'])
  expect(zones('environments: {dev: {network: {zones: [f, a, c]}}}')).toEqual(['f', 'a', 'c'])
  expect(dev('network: {zones: [a, b]}')).toEqual([
    'line 3: environments.dev.network.zones: three zones by their letters, such as [a, b, c]',
  ])
  expect(dev('network: {zones: [a, b, b]}')[0]).toContain('three different zones')
  expect(dev('network: {zones: [us-east-1a, b, c]}')[0]).toContain('network.zones.0: a letter of a zone, from a to f')
})

it('refuses a region that gives an account two zones, unless three are named', () => {
  expect(complaints('region: us-west-1\nenvironments: {dev: {}}\n')).toEqual([
    expect.stringContaining('line 1: region: us-west-1 gives an account two availability zones'),
  ])
  expect(dev('region: us-west-1')[0]).toContain('line 3: environments.dev.region: us-west-1 gives')
  expect(dev('{region: us-west-1, network: {zones: [a, b, c]}}')).toEqual([])
})

it('takes a budget only where the account is, and where somebody hears of it', () => {
  const alerts = 'alerts: {emails: [ops@example.com]}'
  expect(dev(`{budget: {monthlyUsd: 10}, ${alerts}}`)).toEqual([
    'line 3: environments.dev.budget: a budget is of the whole account: it has its effect at environments.shared.budget alone',
  ])
  const shared = (more: string) => complaints(`environments:\n  shared: {budget: {monthlyUsd: 10}${more}}\n`)
  expect(shared('')).toEqual([expect.stringContaining('line 2: environments.shared.budget: nobody would hear of it')])
  expect(shared(`, ${alerts}`)).toEqual([])
  expect(shared(', alerts: {webhook: "https://hooks.example.com/fb"}')).toEqual([])
})

it('wants a name that a hosted zone can be found for, or the zone', () => {
  expect(dev('domain: {name: api.internal}')[0]).toContain('give its zoneId')
  expect(dev('domain: {name: fb-dev-1.us-east-1.elb.amazonaws.com}')[0]).toContain('domain.name')
  expect(dev('domain: {name: api.internal, zoneId: Z0123456789}')).toEqual([])
  expect(dev('domain: {name: api.shop.com}')).toEqual([])
})

it('wants to know which name a certificate has that an HTTP API is to believe', () => {
  const certificate = 'loadBalancer: {certificate: "arn:aws:acm:us-east-1:111111111111:certificate/1"}'
  expect(dev(`{apiGateway: {}, ${certificate}}`)).toEqual([
    'line 3: environments.dev.apiGateway: with loadBalancer.certificate it needs domain.name, the name that the certificate is for',
  ])
  expect(dev(`{apiGateway: {}, ${certificate}, domain: {name: api.shop.com}}`)).toEqual([])
  expect(dev(`{${certificate}}`)).toEqual([])
})

it.each([
  [['/api/v1*', '/api/v1*']],
  [['/api/*/users', '/api/v1*']],
  [['/api/v1*', '/api/v1']],
  [['/api/v?', '/api/v1']],
])('refuses services %j, which would want the same requests', (paths) => {
  expect(services(paths)).toEqual([
    `line 3: services.v2.path: ${paths[1]} takes requests that services.v1.path (${paths[0]}) takes too`,
  ])
})

it.each([[['/api/v1*', '/api/v2*']], [['/*', '/api/v2*']], [['/api/v1*', '/api/v10*']]])(
  'takes services %j: the more specific pattern decides',
  (paths) => expect(services(paths)).toEqual([]),
)

it('decides about any patterns at once', () => {
  const wild = `/${'*a'.repeat(60)}*`
  expect(services([wild, wild.replaceAll('a', 'b')])).toHaveLength(1)
})
