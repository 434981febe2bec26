import fc from 'fast-check'
import {expect, it} from 'vitest'

import {countResources, instancesOf, readDocument, withSerial} from '../../src/state/document/document.js'
import {state} from '../support/states.js'

const read = (text: string) => readDocument(Buffer.from(text), 'the file')
const pretty = (value: unknown) => JSON.stringify(value, undefined, 2)

it('reads the head of a state, however it is laid out', () => {
  const given = state({serial: 7, resources: {'aws_vpc.main': {}}})
  for (const text of [JSON.stringify(given), pretty(given), `\n ${pretty(given)}\n`])
    expect(read(text)).toMatchObject({serial: 7, lineage: given.lineage, terraformVersion: '1.11.4'})
})

it('gives every instance the address Terraform gives it', () => {
  const document = read(
    pretty(
      state({
        resources: {
          'aws_vpc.main': {},
          'module.ecs.aws_ecs_service.app_service["v1"]': {},
          'module.ecs.module.alb[0].data.aws_subnets.public[2]': {},
        },
      }),
    ),
  )
  expect([...instancesOf(document)].map(({address}) => address)).toEqual([
    'aws_vpc.main',
    'module.ecs.aws_ecs_service.app_service["v1"]',
    'module.ecs.module.alb[0].data.aws_subnets.public[2]',
  ])
  expect(countResources(document)).toBe(2)
})

it('changes the serial and no other byte', () => {
  const text = pretty(state({serial: 99, resources: {'aws_vpc.main': {cidr: '"serial": 99'}}}))
  const changed = withSerial(read(text), 100).toString()
  expect(changed).toBe(text.replace('"serial": 99', '"serial": 100'))
})

it('reads whatever JSON may hold', () => {
  fc.assert(
    fc.property(fc.json(), fc.json(), (attributes, outputs) => {
      const given = {...state({}), outputs: JSON.parse(outputs)}
      const resource = {mode: 'managed', type: 'a', name: 'b', instances: [{attributes: JSON.parse(attributes)}]}
      const document = read(pretty({...given, resources: [resource]}))
      expect([...instancesOf(document)]).toHaveLength(1)
      expect([...instancesOf(document)][0]!.attributes).toEqual(JSON.parse(attributes) ?? {})
    }),
  )
})

it('refuses what is no state, and never reads a cut one', () => {
  const text = pretty(state({resources: {'aws_vpc.main': {id: 'vpc-1'}}}))
  for (let end = 0; end < text.length; end += 7) expect(() => read(text.slice(0, end))).toThrow('not a Terraform state')
  expect(() => read('[]')).toThrow('the file is not a Terraform state: it is a list, not an object.')
  expect(() => read('\n{ }\n')).toThrow('it is an empty object.')
  expect(() => read('null')).toThrow('it is null.')
  expect(() => read('')).toThrow('it is empty.')
  expect(() => read(' ')).toThrow('it is blank.')
  expect(() => read('{"a": 1}')).toThrow('it has no version')
  expect(() => read('nothing')).toThrow(expect.objectContaining({next: ['fb state backups', 'fb state restore']}))
  expect(() => read(pretty({...state({}), version: 3}))).toThrow('its format version is 3, not 4')
  expect(() => read(pretty(state({serial: 77})).replace('77', '7x7'))).toThrow('the file is not a Terraform state')
})

const resource = {mode: 'managed', type: 'a', name: 'b', provider: 'p', instances: [{attributes: {}}]}

it.each<[string, unknown]>([
  ['is an object', {}],
  ['is a text', 'x'],
  ['holds null', [null]],
  ['holds a resource without a mode', [{...resource, mode: undefined}]],
  ['holds a resource whose instances are a text', [{...resource, instances: 'x'}]],
  ['holds an instance that is null', [resource, {...resource, instances: [null]}]],
  ['holds sensitive paths that are none', [{...resource, instances: [{sensitive_attributes: [1]}]}]],
])('says that a state is none when what it knows %s', (_, resources) => {
  const document = read(pretty({...state({}), resources}))
  const message = expect.stringMatching(/^the file is not a Terraform state: /)
  expect(() => countResources(document)).toThrow(expect.objectContaining({code: 'bad_state', message}))
})

it('says so, too, when the JSON is broken within what it knows', () => {
  const text = pretty(state({resources: {'aws_vpc.main': {id: 'vpc-1'}}})).replace('"vpc-1"', '"vpc-1" 7')
  expect(() => countResources(read(text))).toThrow(expect.objectContaining({code: 'bad_state'}))
})

it('takes for nothing what Terraform takes for nothing', () => {
  const known = [null, [], [{...resource, instances: null}], [{...resource, instances: undefined}]]
  for (const resources of known) expect(countResources(read(pretty({...state({}), resources})))).toBe(0)
})
