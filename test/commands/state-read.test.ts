import {spawnSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {GetObjectCommand} from '@aws-sdk/client-s3'
import {expect, it} from 'vitest'

import {bin} from '../support/fb.js'
import {motoHome, noMoto, noTerraformOnMoto} from '../support/moto.js'
import {md5, stateHome} from '../support/state-home.js'
import {state, stateBytes} from '../support/states.js'
import {terminal} from '../support/terminal.js'

/** A home whose state holds these bytes. */
async function withState(bytes: Buffer) {
  const home = await stateHome()
  await home.put(home.key, bytes)
  return home
}

const SERVICE = 'module.ecs.aws_ecs_service.app["v1"]'
const containers = [{name: 'app', environment: [{name: 'DB_PASSWORD', value: 'canary-env'}]}]
const given = {
  serial: 12,
  resources: {
    'data.aws_vpc.default': {id: 'vpc-0'},
    'aws_vpc.main': {id: 'vpc-1', cidr_block: '10.0.0.0/16', ipv6_cidr_block: null, note: '\u001b[31mred\u202e'},
    [SERVICE]: {id: 'svc', load_balancer: [{container_port: 8000}]},
    'module.ecs.aws_ecs_task_definition.app': {id: 'app', container_definitions: JSON.stringify(containers)},
    'module.ssm.aws_ssm_parameter.secret': {id: '/x', value: 'canary-parameter'},
    'module.ssm.aws_x.y': {id: 'y', odd: 'canary-recorded'},
  },
  sensitive: {'module.ssm.aws_x.y': ['odd']},
}

/** The state above, with a tainted service and one that waits to be destroyed. */
function marked(): Buffer {
  const known = state(given)
  const {instances} = known.resources.find(({type}) => type === 'aws_ecs_service')!
  Object.assign(instances[0]!, {status: 'tainted'})
  instances.push(Object.assign({}, instances[0], {deposed: '0b5439c1'}))
  return Buffer.from(JSON.stringify(known))
}

const LIST = ['state', 'list', '--env', 'dev']

it.skipIf(noTerraformOnMoto)('lists and pulls in a pipe what Terraform does, byte for byte', async () => {
  const home = await stateHome()
  const main = `
    resource "terraform_data" "one" {}
    resource "terraform_data" "counted" { count = 11 }
    resource "terraform_data" "keyed" { for_each = toset(["b", "a.b", "q\\"x", "$\${y}"]) }
    data "terraform_remote_state" "own" {
      backend = "local"
      config  = { path = "other.tfstate" }
    }`
  const {terraform, directory} = home.project({main})
  writeFileSync(join(directory, 'other.tfstate'), stateBytes({}))
  await terraform(['init', '-no-color'])
  expect(await terraform(['apply', '-auto-approve', '-no-color'])).toMatchObject({code: 0})
  const [list, some, pulled, ours, ourSome, ourPulled] = await Promise.all([
    terraform(['state', 'list']),
    terraform(['state', 'list', 'terraform_data.counted', 'terraform_data.one']),
    terraform(['state', 'pull']),
    home.fb(LIST),
    home.fb([...LIST, 'terraform_data.counted', 'terraform_data.one']),
    home.fb(['state', 'pull', '--env', 'dev']),
  ])
  expect(list.stdout.split('\n')).toHaveLength(18)
  expect(ours).toEqual({code: 0, stdout: list.stdout, stderr: ''})
  expect(ourSome).toEqual({code: 0, stdout: some.stdout, stderr: ''})
  expect(ourPulled).toMatchObject({code: 0, stderr: ''})
  expect(ourPulled.stdout.trim()).toBe(pulled.stdout.trim())
})

it.skipIf(noMoto)(
  'groups the resources by module on a terminal, and says in words what is the matter with them',
  async () => {
    const home = await withState(marked())
    const screen = terminal(LIST, {...home, columns: 80, rows: 24})
    expect((await screen.ended).code).toBe(0)
    expect(screen.screen().join('\n')).toBe(`root module  2
  data.aws_vpc.default
  aws_vpc.main

module.ecs  3
  aws_ecs_service.app["v1"]    tainted
  aws_ecs_service.app["v1"]    tainted deposed 0b5439c1
  aws_ecs_task_definition.app

module.ssm  2
  aws_ssm_parameter.secret
  aws_x.y

dev · 6 resources and 1 data source in 3 modules · serial 12`)
  },
)

it.skipIf(noMoto)('lists for scripts what a resource is, and nothing of its values', async () => {
  const home = await withState(marked())
  const {stdout, code} = await home.fb([...LIST, SERVICE, '--json'])
  const service = {
    address: SERVICE,
    module: 'module.ecs',
    mode: 'managed',
    type: 'aws_ecs_service',
    name: 'app',
    index: 'v1',
  }
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    env: 'dev',
    serial: 12,
    lineage: state(given).lineage,
    terraformVersion: '1.11.4',
    resources: [
      {...service, id: 'svc', tainted: true, provider: expect.stringContaining('hashicorp/aws')},
      {...service, id: 'svc', tainted: true, provider: expect.any(String), deposed: '0b5439c1'},
    ],
  })
  const nothing = await home.fb([...LIST, 'aws_vpc.main', 'aws_vpc.mian'])
  expect(nothing).toMatchObject({code: 3, stdout: '', stderr: expect.stringContaining('Did you mean aws_vpc.main?')})
})

it.skipIf(noMoto)('says that a state is empty, that there is none, and that there is no bucket', async () => {
  const home = await withState(stateBytes({}))
  expect(await home.fb(LIST)).toEqual({code: 0, stdout: '', stderr: 'The state is there and knows no resource.\n'})
  const none = await home.fb(['state', 'list', '--env', 'prod'])
  expect(none).toMatchObject({code: 3, stdout: ''})
  expect(none.stderr).toContain(`There is no state at s3://${home.bucket}/${home.app}/prod/terraform.tfstate.`)
  expect(none.stderr).toContain('fb infra up')
  const bare = await motoHome()
  const noBucket = await bare.fb(LIST)
  expect(noBucket).toMatchObject({code: 3, stderr: expect.stringContaining(`There is no S3 bucket ${bare.bucket}.`)})
  expect(noBucket.stderr).toContain('fb state bootstrap')
})

it.skipIf(noMoto)('shows everything but secrets', async () => {
  const home = await withState(stateBytes(given))
  const show = async (...args: string[]) => home.fb(['state', 'show', ...args, '--env', 'dev'])
  expect(await show(SERVICE)).toEqual({
    code: 0,
    stderr: '',
    stdout: `${SERVICE}\n  hashicorp/aws\n\n  id = "svc"\n  load_balancer\n    container_port = 8000\n`,
  })
  const vpc = await show('aws_vpc.main')
  expect(vpc.stdout).toContain('  cidr_block = "10.0.0.0/16"\n')
  expect(vpc.stdout).not.toMatch(/ipv6|\u001b|\u202e/)
  for (const more of [[], ['--json']]) {
    const {stdout, code} = await show('module.*', ...more)
    expect(code).toBe(0)
    expect(stdout).toContain('(sensitive)')
    expect(stdout).toContain('DB_PASSWORD')
    expect(stdout).not.toContain('canary')
  }
  const one = JSON.parse((await show('aws_vpc.main', '--json')).stdout)
  expect(one).toMatchObject({address: 'aws_vpc.main', type: 'aws_vpc', attributes: {id: 'vpc-1'}, dependencies: []})
  expect(JSON.parse((await show('module.ssm', '--json')).stdout)).toHaveLength(2)
  expect((await show('aws_vpc.mian')).code).toBe(3)
})

it.skipIf(noMoto)('goes on with a state that Terraform refuses, and says so once on stderr', async () => {
  const bytes = stateBytes({resources: {'aws_vpc.main': {}}})
  const home = await withState(bytes)
  await home.setDigest(md5(bytes))
  expect(await home.fb(LIST)).toEqual({code: 0, stdout: 'aws_vpc.main\n', stderr: ''})
  await home.setDigest('0'.repeat(32))
  const warned = {
    code: 0,
    stderr: expect.stringMatching(/^! Terraform refuses this state: .*fb state lock says more\.\n$/),
  }
  expect(await home.fb(LIST)).toMatchObject({...warned, stdout: 'aws_vpc.main\n'})
  expect(await home.fb(['state', 'pull', '--env', 'dev'])).toMatchObject({...warned, stdout: bytes.toString()})
  const diff = await home.fb(['state', 'diff', 'current', '--env', 'dev'])
  expect(diff).toMatchObject({...warned, stdout: expect.stringContaining('No resource differs.')})
})

it.skipIf(noMoto)('prints a large state whole, for --json too, and ends well when its reader has left', async () => {
  const bytes = stateBytes({resources: {'aws_x.y': {text: 'é\u200b'.repeat(2_000_000)}}})
  const home = await withState(bytes)
  const pull = (tail: string, ...args: string[]) => {
    const line = `"$@" | ${tail}; echo "$?" >&2`
    const pulled = ['sh', process.execPath, bin, 'state', 'pull', '--env', 'dev', ...args]
    return spawnSync('bash', ['-o', 'pipefail', '-c', line, ...pulled], {cwd: home.directory, env: home.env})
  }
  const sum = md5(bytes)
  for (const more of [[], ['--json']]) {
    const {stdout, stderr} = pull('md5sum', ...more)
    expect(stdout.toString()).toContain(sum)
    expect(stderr.toString()).toBe('0\n')
  }
  const left = pull('head -c 10')
  expect(left.stdout.length).toBe(10)
  expect(left.stderr.toString()).toBe('0\n')
})

it.skipIf(noMoto)('says of two states with the same resources what else differs', async () => {
  const given = {resources: {'aws_a.x': {id: 'i'}}, outputs: {url: {value: 'canary-1'}}}
  const home = await withState(stateBytes(given))
  const file = join(home.directory, 'other.tfstate')
  const diff = (...args: string[]) => home.fb(['state', 'diff', './other.tfstate', '--env', 'dev', ...args])
  writeFileSync(file, stateBytes({...given, outputs: {url: {value: 'canary-2'}}}))
  const changed = await diff()
  expect(changed.code).toBe(10)
  expect(changed.stdout.split('\n').slice(1)).toEqual([
    '',
    '~ output url',
    '',
    'No resource differs; 1 output differs',
    '',
  ])
  const json = await diff('--json')
  expect(json.code).toBe(10)
  expect(JSON.parse(json.stdout)).toMatchObject({same: false, sameResources: true, outputs: ['url'], differences: []})
  expect(changed.stdout + json.stdout).not.toContain('canary')
  writeFileSync(file, stateBytes({...given, lineage: 'another'}))
  const foreign = await diff()
  expect(foreign).toMatchObject({code: 10, stdout: expect.stringContaining('The lineages differ')})
  expect(foreign.stdout).not.toContain('✔')
})

it.skipIf(noMoto)('compares two states: backups, versions, files and the current one', async () => {
  const home = await withState(
    stateBytes({serial: 1, resources: {'aws_a.x': {id: 'i', n: 1}, 'aws_b.gone': {id: 'b'}}}),
  )
  const {VersionId: first} = await home.s3.send(new GetObjectCommand({Bucket: home.bucket, Key: home.key}))
  const Body = stateBytes({serial: 2, resources: {'module.m.aws_a.x': {id: 'i', n: 2, password: 'canary'}}})
  await home.put(home.key, Body)
  const diff = (...args: string[]) => home.fb(['state', 'diff', ...args, '--env', 'dev'])
  const changed = await diff(first!)
  expect(changed).toEqual({
    code: 10,
    stderr: '',
    stdout: `${first} (serial 1) → current (serial 2)

- aws_b.gone
→ module.m.aws_a.x
    was aws_a.x
    n: 1 → 2
    password: (sensitive) changed

2 resources differ: 1 removed, 1 moved
`,
  })
  const json = await diff('current', first!, '--json')
  expect(json.code).toBe(10)
  expect(JSON.parse(json.stdout)).toMatchObject({
    before: {name: 'current', serial: 2},
    after: {name: first, serial: 1},
    same: false,
    differences: [
      {kind: 'moved', address: 'aws_a.x', from: 'module.m.aws_a.x'},
      {kind: 'added', address: 'aws_b.gone'},
    ],
  })
  expect(json.stdout).not.toContain('canary')
  expect(await diff('current')).toMatchObject({code: 0, stdout: expect.stringContaining('No resource differs.')})
  expect((await diff('./none.tfstate')).code).toBe(3)
  const none = await home.fb(['state', 'diff', first!, 'current', '--env', 'prod'])
  expect(none).toMatchObject({code: 3, stdout: ''})
  expect((await diff()).code).toBe(2)
})
