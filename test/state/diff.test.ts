import fc from 'fast-check'
import {expect, it} from 'vitest'

import {compareStates} from '../../src/state/diff.js'
import {readDocument} from '../../src/state/document/document.js'
import {state} from '../support/states.js'

type Given = Parameters<typeof state>[0]

const document = (given: Given) => readDocument(Buffer.from(JSON.stringify(state(given))), 'it')
const compare = (before: Given['resources'], after: Given['resources'], sensitive: Given['sensitive'] = {}) =>
  compareStates(document({resources: before, sensitive}), document({resources: after, sensitive}))

it('says what is new, what is gone and what has changed, in the order of addresses', () => {
  const before = {'aws_b.gone': {id: 'b'}, 'aws_a.kept': {id: 'k', n: 1}, 'module.m.aws_c.same': {id: 'c', tags: {}}}
  const after = {'module.m.aws_c.same': {tags: {}, id: 'c'}, 'aws_a.new': {id: 'n'}, 'aws_a.kept': {n: 2, id: 'k'}}
  expect(compare(before, after)).toMatchObject([
    {kind: 'changed', address: 'aws_a.kept', id: 'k', attributes: [{name: 'n', before: 1, after: 2}]},
    {kind: 'added', address: 'aws_a.new', id: 'n'},
    {kind: 'removed', address: 'aws_b.gone', id: 'b'},
  ])
})

it('sees a move by type and id, and what changed with it', () => {
  const before = {'aws_a.x': {id: 'i', n: 1}, 'aws_a.one': {id: 'none'}, 'aws_a.two': {id: 'none'}}
  const after = {'module.m.aws_a.x["v1"]': {id: 'i', n: 2}, 'aws_a.three': {id: 'none'}}
  expect(compare(before, after)).toMatchObject([
    {kind: 'removed', address: 'aws_a.one'},
    {kind: 'added', address: 'aws_a.three'},
    {kind: 'removed', address: 'aws_a.two'},
    {kind: 'moved', from: 'aws_a.x', address: 'module.m.aws_a.x["v1"]', attributes: [{name: 'n', before: 1, after: 2}]},
  ])
})

it('ignores data sources, the order of members, and null for a member that is not there', () => {
  expect(
    compare({'data.aws_a.x': {a: 1}, 'aws_b.y': {a: {b: 1, c: 2}}}, {'aws_b.y': {n: null, a: {c: 2, b: 1, d: null}}}),
  ).toEqual([])
})

const attributes = (before: object, after: object, sensitive: string[] = []) =>
  compare({'aws_a.x': {id: 'i', ...before}}, {'aws_a.x': {id: 'i', ...after}}, {'aws_a.x': sensitive})[0]?.attributes

it('names what differs in blocks, lists and JSON', () => {
  expect(attributes({b: [{p: 1, q: 2}]}, {b: [{p: 1, q: 3}]})).toEqual([{name: 'b[0].q', before: 2, after: 3}])
  expect(attributes({l: ['a', 'b']}, {l: ['a']})).toEqual([{name: 'l', before: ['a', 'b'], after: ['a']}])
  const rule = (port: number) => ({port})
  expect(attributes({r: [1, 2, 3].map(rule)}, {r: [1, 9, 2, 3].map(rule)})).toEqual([{name: 'r[1]', after: {port: 9}}])
  expect(attributes({r: [1, 2].map(rule)}, {r: [2, 1].map(rule)})).toEqual([{name: 'r (order)'}])
  const json = (image: string) => ({container_definitions: JSON.stringify([{name: 'app', image}])})
  expect(attributes(json('app:1'), json('app:2'))).toEqual([
    {name: 'container_definitions[0].image', before: 'app:1', after: 'app:2'},
  ])
})

it('finds the elements of a set by their names: their places say nothing', () => {
  const query = (id: string, stat = 'Sum') => ({id, stat})
  const before = {q: [query('answer'), query('green'), query('blue')]}
  expect(attributes(before, {q: [query('blue', 'Max'), query('answer'), query('green', 'Min')]})).toEqual([
    {name: 'q[1].stat', before: 'Sum', after: 'Min'},
    {name: 'q[2].stat', before: 'Sum', after: 'Max'},
  ])
  expect(attributes(before, {q: [query('all', 'Max'), query('blue', 'Max'), query('green')]})).toEqual([
    {name: 'q[0]', before: query('answer')},
    {name: 'q[2].stat', before: 'Sum', after: 'Max'},
    {name: 'q[0]', after: query('all', 'Max')},
  ])
  expect(attributes({one: [{id: 'a', n: 1}]}, {one: [{id: 'b', n: 1}]})).toEqual([
    {name: 'one[0].id', before: 'a', after: 'b'},
  ])
})

it('says of a sensitive value only that it changed', () => {
  const only = (name: string) => [{name, sensitive: true}]
  expect(attributes({a: 'one'}, {a: 'two'}, ['a'])).toEqual(only('a'))
  expect(attributes({b: {password: 'one'}}, {b: {password: 'two'}})).toEqual(only('b.password'))
  expect(attributes({url: 'pg://u:one@db'}, {url: 'pg://u:two@db'})).toEqual(only('url'))
  const json = (value: string) => ({definitions: JSON.stringify([{env: [{name: 'API_TOKEN', value}]}])})
  expect(attributes(json('one'), json('two'))).toEqual(only('definitions[0].env[0].value'))
})

it('finds nothing between a state and itself, and turned around the opposite', () => {
  const key = fc.constantFrom('aws_a.x', 'aws_a.y', 'module.m.aws_b.z', 'data.aws_d.d', 'aws_a.i["k"]', 'aws_a.c[0]')
  const value = fc.oneof(fc.constantFrom('', 'x', 1, null), fc.json())
  const resources = fc.dictionary(key, fc.dictionary(fc.constantFrom('id', 'a', 'password', 'b'), value))
  const opposite = {added: 'removed', removed: 'added', changed: 'changed', moved: 'moved'}
  const told = (kind: string, address: string) => `${kind} ${address}`
  fc.assert(
    fc.property(resources, resources, (before, after) => {
      expect(compare(before, before)).toEqual([])
      const there = compare(before, after)
      const back = compare(after, before)
      expect(back.map(({kind, address, from}) => told(opposite[kind], from ?? address)).sort()).toEqual(
        there.map(({kind, address}) => told(kind, address)).sort(),
      )
      for (const {kind, attributes} of there)
        expect(kind === 'changed').toBe(attributes !== undefined && kind !== 'moved')
    }),
  )
})

it('shows no id that is a secret, and sees by it what was moved', () => {
  const secret = {'aws_a.x': ['id'], 'aws_a.y': ['id'], 'aws_a.z': ['id']}
  const before = {'aws_a.x': {id: 'canary-1'}, 'aws_a.z': {id: 'canary-3'}}
  const found = compare(before, {'aws_a.y': {id: 'canary-1'}, 'aws_a.z': {id: 'canary-4'}}, secret)
  expect(found).toMatchObject([
    {kind: 'moved', from: 'aws_a.x', address: 'aws_a.y'},
    {kind: 'changed', address: 'aws_a.z', attributes: [{name: 'id', sensitive: true}]},
  ])
  expect(JSON.stringify(found)).not.toContain('canary')
})

it('never shows a sensitive value', () => {
  const anything = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue())
  fc.assert(
    fc.property(anything, anything, fc.constantFrom('secret', 'db_password', 'value'), (before, after, name) => {
      const given = (value: string, more: object) => ({
        'aws_ssm_parameter.x': {id: 'i', ...more, [name]: {in: [value]}},
      })
      const differences = compare(given('canary-1', before), given('canary-2', after))
      expect(JSON.stringify(differences)).toContain('"sensitive":true')
      expect(JSON.stringify(differences)).not.toContain('canary')
    }),
  )
})
