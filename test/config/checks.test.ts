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

it.each([
  ['network: {cidr: 10.0.0.5/16}', 'network.cidr: 10.0.0.5/16 begins within the block: 10.0.0.0/16'],
  ['loadBalancer: {testFrom: [192.0.2.1/24]}', 'testFrom.0: 192.0.2.1/24 begins within the block: 192.0.2.0/24'],
  ['loadBalancer: {testFrom: [0.0.0.0/0]}', 'testFrom.0: what is on trial is not for the whole internet'],
  [
    'loadBalancer: {certificate: "arn:aws:iam::111111111111:server-certificate/x"}',
    'certificate: an ARN such as arn:aws:acm',
  ],
  [
    'loadBalancer: {certificate: "arn:aws:acm:eu-west-1:111111111111:certificate/1"}',
    'certificate: it is in eu-west-1, and a load balancer in us-east-1 takes those of its own region',
  ],
  ['database: {version: "9"}', 'database.version: a major version such as "16"'],
  ['database: {version: 16}', 'database.version: '],
  ['database: {instanceClas: db.t4g.micro}', 'database.instanceClas: unknown key, did you mean instanceClass?'],
  ['network: {natt: single}', 'network.natt: unknown key, did you mean nat?'],
  ['endpoints: {elb: "http://127.0.0.1:1"}', 'endpoints.elb: unknown key, did you mean elbv2?'],
  [
    'endpoints: {applicationautoscaling: "http://127.0.0.1:1"}',
    'unknown key; known: acm, apigatewayv2, appautoscaling, ',
  ],
  ['deployment: {strategy: canary}', 'deployment.strategy: one of CodeDeployDefault.ECSAllAtOnce, '],
  ['deployment: {strategy: CodeDeployDefault.ECSCanary20Percent5Minutes}', 'or the name of a deployment configuration'],
  ['deployment: {strategy: ECSAllAtOnce}', 'deployment.strategy: one of '],
])('refuses %s', (knobs, because) => {
  const [first = ''] = dev(knobs)
  expect(first).toContain('line 3: environments.dev.')
  expect(first).toContain(because)
})

it('takes a deployment configuration of the account, and an emulator of services that fb uses', () => {
  expect(dev('deployment: {strategy: ecs-slow}')).toEqual([])
  expect(dev('endpoints: {elbv2: "http://127.0.0.1:1", s3: "http://127.0.0.1:1"}')).toEqual([])
})

it.each([
  ['cron(0 20 * * MON-FRI *)', 'either the day of month or the day of week must be ?'],
  ['cron(0 20 ? * MON-FRI)', 'it has 5 fields, not six'],
  ['cron(0 25 ? * * *)', '25 is no hours'],
  ['cron(0 20 ? * MO *)', 'MO is no day of week'],
  ['rate(1 hour)', 'cron(minutes hours'],
  ['at(2027-01-01T00:00:00)', 'cron(minutes hours'],
])('refuses the hours %s', (stop, because) => {
  const [first] = dev(`capacity: {schedule: {stop: ${stop}, start: cron(0 6 ? * * *), timezone: UTC}}`)
  expect(first).toContain('line 3: environments.dev.capacity.schedule.stop: ')
  expect(first).toContain(because)
})

it.each([
  'cron(0 20 ? * MON-FRI *)',
  'cron(0/30 6,18 1 jan-jun ? 2027)',
  'cron(0 6 L * ? *)',
  'cron(15 10 ? * 6L 2026-2030)',
  'cron(0 6 ? * 2#1 *)',
])('takes the hours %s', (stop) => {
  expect(dev(`capacity: {schedule: {stop: "${stop}", start: cron(0 6 ? * * *), timezone: Europe/Berlin}}`)).toEqual([])
})

it('wants a time zone of the IANA database', () => {
  const zone = (timezone: string) =>
    dev(`capacity: {schedule: {stop: cron(0 20 ? * * *), start: cron(0 6 ? * * *), timezone: "${timezone}"}}`)
  expect(zone('Europe/Berln')[0]).toContain(
    'schedule.timezone: no time zone of the IANA database, did you mean Europe/Berlin?',
  )
  expect(zone('europe/berlin')[0]).toContain('did you mean Europe/Berlin?')
  expect(zone('+01:00')).toHaveLength(1)
  expect(
    [zone('UTC'), zone('Asia/Calcutta'), zone('Asia/Kolkata'), zone('America/Argentina/Buenos_Aires')].flat(),
  ).toEqual([])
})

it('wants services, and paths that a rule of a load balancer takes', () => {
  expect(complaints('services: {}\n')).toEqual(['line 1: services: at least one, such as v1: {}'])
  expect(services([`/${'a'.repeat(128)}`])).toEqual([
    'line 2: services.v1.path: at most 128 characters, which is what a rule of the load balancer takes',
  ])
})

it('wants names that AWS takes, and says at the longest of them how long it may be', () => {
  expect(complaints(`app: ${'a'.repeat(48)}\n`)).toEqual([
    expect.stringMatching(
      /^line 1: app: the state's bucket would be a+-terraform-state, 64 characters where AWS has 63: take one of at most 47, or state.bucket$/,
    ),
  ])
  expect(complaints(`app: ${'a'.repeat(47)}\n`)).toEqual([])
  const long = 'a'.repeat(60)
  expect(complaints(`app: ${long}\nstate: {bucket: mine}\nenvironments: {prod: {}}\n`)[0]).toMatch(
    /line 1: app: the database would be .* AWS has 63: take one of at most 58$/,
  )
  expect(complaints(`environments: {${'e'.repeat(82)}: {}}\n`)[0]).toMatch(
    /line 1: environments\.e+: the application in CodeDeploy would be .* 103 characters where AWS has 100/,
  )
  expect(complaints('app: my--app\nenvironments: {prod: {}}\n')[0]).toContain(
    'line 1: app: the database would be my--app-prod',
  )
  expect(complaints('app: my--app\nenvironments: {dev: {}}\n')).toEqual([])
  expect(complaints('app: internal-api\n')[0]).toContain('a load balancer may not be called internal-')
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
