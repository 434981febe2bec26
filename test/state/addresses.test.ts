import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {expect, it} from 'vitest'

import {indexOf} from '../../src/state/document/address.js'
import {inOrder, matching, meant} from '../../src/state/document/addresses.js'
import {instancesOf, readDocument} from '../../src/state/document/document.js'
import {indexKey, indexText} from '../../src/state/document/index-key.js'
import {start} from '../support/fb.js'
import {state} from '../support/states.js'
import {directory, noTerraform} from '../support/terraform.js'

const at = (address: string) => ({address})
const matches = (instance: {address: string}, pattern: string) => meant(pattern)(instance)
const service = 'module.ecs.aws_ecs_service.app_service["v1"]'

it.each([
  [service, 'the instance'],
  ['module.ecs.aws_ecs_service.app_service', 'its resource'],
  ['module.ecs.aws_ecs_service.app_service[v1]', 'the instance without the quotes that a shell has eaten'],
  ['module.ecs', 'its module'],
  ['module.ecs.*', 'what is below the module'],
  ['*aws_ecs_service*', 'what has the type'],
  ['*.app_service', 'a glob for the resource'],
  ['*[*]', 'a glob for instances'],
  ['*', 'everything'],
])('%s is %s', (pattern) => expect(matches(at(service), pattern)).toBe(true))

it.each([
  'module.ecs.aws_ecs_service',
  'module.ecs.aws_ecs_service.app',
  'module.ecs.aws_ecs_service.app_service["v2"]',
  'module.e',
  'module',
  'aws_ecs_service.app_service',
  'ecs',
  'module.ecs.',
  'aws_ecs_service*',
  '*ecs*ecs*ecs*ecs*ecs*',
  'module.ecs.aws_ecs_service.app_service["\\q"]',
  '',
])('%j is something else', (pattern) => expect(matches(at(service), pattern)).toBe(false))

it('knows a module and a resource from all of their instances', () => {
  const deep = at('module.a[1].module.b["x.y[0]"].data.aws_subnets.public[10]')
  for (const pattern of ['module.a', 'module.a[1]', 'module.a.module.b', 'module.a[1].module.b["x.y[0]"]'])
    expect(matches(deep, pattern), pattern).toBe(true)
  expect(matches(deep, 'module.a.module.b.data.aws_subnets.public[10]')).toBe(true)
  for (const pattern of ['module.a[10]', 'module.b', 'module.a[1].data.aws_subnets.public'])
    expect(matches(deep, pattern), pattern).toBe(false)
  expect(indexOf(deep)).toBe(10)
  expect(indexOf(at('aws_x.y["a\\"$${b}"]'))).toBe(['a"', '{b}'].join('$'))
})

it('gives what patterns mean in their order, each once', () => {
  const all = ['aws_a.x[0]', 'aws_a.x[1]', 'module.m.aws_b.y'].map(at)
  expect(matching(all, ['module.m', 'aws_a.x[1]', 'aws_a.*'])).toEqual([2, 1, 0].map((i) => all[i]))
  expect(matching(all, [])).toEqual(all)
})

it('names the nearest addresses when a pattern means nothing', () => {
  const all = [service, 'aws_vpc.main'].map(at)
  const failure = (pattern: string) => {
    try {
      return matching(all, ['*', pattern])
    } catch (error) {
      return error
    }
  }
  expect(failure('aws_vpc.mian')).toMatchObject({
    exitCode: 3,
    message: 'Nothing in the state is called aws_vpc.mian.',
    because: ['Did you mean aws_vpc.main?'],
  })
  expect(failure('aws_vcp')).toMatchObject({because: ['Did you mean aws_vpc.main?']})
  expect(failure('module.esc.*')).toMatchObject({because: ['Did you mean module.ecs?']})
  expect(failure('app_servcie')).toMatchObject({because: ['Did you mean module.ecs.aws_ecs_service.app_service?']})
  expect(failure('something.quite_different')).toMatchObject({because: [], next: ['fb state list']})
  expect(failure('app_service')).toMatchObject({
    because: [`Did you mean ${service} or module.ecs.aws_ecs_service.app_service?`],
    next: ['fb state list'],
  })
})

it('reads every index back that it writes', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), (key) => {
      expect(indexKey(indexText(key))).toBe(key)
      expect(matches(at(`aws_x.y[${indexText(key)}]`), `aws_x.y[${indexText(key)}]`)).toBe(true)
      expect(indexOf(at(`module.m["k"].aws_x.y[${indexText(key)}]`))).toBe(key)
    }),
  )
})

const word = fc.constantFrom('a', 'b', 'B', 'a-b', 'a_b', 'a2', 'a10')
const text = fc.oneof(
  fc.constantFrom(
    '10',
    '9',
    '',
    'x.y',
    'z[0]',
    'q"',
    '$' + '{q}',
    '%{',
    '$$',
    '\n\t',
    '\u00a0',
    '\u200b',
    'ü',
    '\uffee',
    '🙂',
  ),
  fc.string({unit: 'grapheme-ascii', maxLength: 4}),
)
const index = fc.oneof({maxDepth: 0}, fc.constant(undefined), fc.nat(12), text)
const module = fc.array(fc.tuple(word, index), {maxLength: 3})
const resource = fc.record({
  module: module.map((steps) =>
    steps.map(([name, key]) => `module.${name}${key === undefined ? '' : `[${indexText(key)}]`}`).join('.'),
  ),
  mode: fc.constantFrom('managed', 'data'),
  type: word.map((name) => `t_${name}`),
  name: word,
  keys: fc.oneof<fc.Arbitrary<(string | number | undefined)[]>[]>(
    fc.constant([undefined]),
    fc.nat(12).map((n) => Array.from({length: n}, (_, i) => i)),
    fc.uniqueArray(text, {maxLength: 8}),
  ),
  deposed: fc.constantFrom('none', 'too', 'only'),
})

it.skipIf(noTerraform)('lists what Terraform lists, in its order (needs Terraform)', async () => {
  const unique = {maxLength: 300, minLength: 300, selector: keyOf, size: 'max'} as const
  const [resources = []] = fc.sample(fc.uniqueArray(resource, unique), 1)
  const instance = {schema_version: 0, attributes: {}}
  const json = JSON.stringify({
    ...state({}),
    resources: resources.map(({keys, deposed, mode, ...rest}) => ({
      ...rest,
      mode,
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: keys.flatMap((key) => [
        ...(deposed === 'only' && mode === 'managed' ? [] : [{...instance, index_key: key}]),
        ...(deposed === 'none' || mode === 'data' ? [] : [{...instance, index_key: key, deposed: '0b5439c1'}]),
      ]),
    })),
  })
  const ours = inOrder([...instancesOf(readDocument(Buffer.from(json), 'it'))]).map(({address}) => address)
  expect(`${[...new Set(ours)].join('\n')}\n`).toBe(await terraformList(json))
})

const keyOf = ({module, mode, type, name}: {module: string; mode: string; type: string; name: string}) =>
  [module, mode, type, name].join(' ')

async function terraformList(json: string): Promise<string> {
  const cwd = directory()
  writeFileSync(join(cwd, 'it.tfstate'), json)
  const env = {PATH: process.env.PATH, HOME: cwd, CHECKPOINT_DISABLE: '1'}
  return (await start('terraform', ['state', 'list', '-state=it.tfstate'], {cwd, env}).ended).stdout
}
