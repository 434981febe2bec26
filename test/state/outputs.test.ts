import {expect, it} from 'vitest'

import {readDocument} from '../../src/state/document/document.js'
import {compareBeside} from '../../src/state/document/outputs.js'
import {state} from '../support/states.js'

type Given = Parameters<typeof state>[0]

const document = (given: Given) => readDocument(Buffer.from(JSON.stringify(state(given))), 'it')
const compare = (before: Given, after: Given) => compareBeside(document(before), document(after))

const SAME = {outputs: [], checks: 'same', lineage: 'same'}

it('names the outputs that differ, and shows no value', () => {
  const before = {outputs: {a: {value: 'canary-1'}, b: {value: {x: 1, y: 2}}, gone: {value: null}}}
  const after = {outputs: {a: {value: 'canary-2'}, b: {value: {y: 2, x: 1}}, here: {value: 1, sensitive: true}}}
  const found = compare(before, after)
  expect(found).toEqual({...SAME, outputs: ['a', 'gone', 'here']})
  expect(JSON.stringify(found)).not.toContain('canary')
  expect(compare(before, before)).toEqual(SAME)
})

it('sees other results of checks, and another lineage', () => {
  const checks = (status: string) => [{object_kind: 'output', config_addr: 'output.a', status}]
  expect(compare({checks: checks('pass')}, {checks: checks('fail')})).toEqual({...SAME, checks: 'differ'})
  expect(compare({checks: null}, {checks: checks('fail')})).toEqual({...SAME, checks: 'differ'})
  expect(compare({lineage: 'a'}, {lineage: 'b'})).toEqual({...SAME, lineage: 'differ'})
  expect(compare({serial: 1}, {serial: 2})).toEqual(SAME)
})

it('does not take broken outputs for a bug of fb', () => {
  const broken = readDocument(Buffer.from(JSON.stringify(state({})).replace('"outputs":{}', '"outputs":{7}')), 'it')
  expect(() => compareBeside(broken, document({}))).toThrow(expect.objectContaining({code: 'bad_state'}))
})
