import {expect, it} from 'vitest'

import {merged} from '../../src/deploy/three-way.js'

const env = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({name, value}))
const definition = (cpu: string, environment?: object[], more: object = {}) => ({
  cpu,
  containerDefinitions: [{name: 'app', image: 'placeholder', environment, ...more}],
})

it('takes what has changed and leaves what was set by hand', () => {
  const live = definition('256', env({PORT: '8000', FLAG: 'on'}), {image: 'app:1.0'})
  const was = definition('256', env({PORT: '8000'}))
  const now = definition('512', env({PORT: '9000', NEW: 'yes'}))
  expect(merged(live, was, now)).toEqual(
    definition('512', env({PORT: '9000', FLAG: 'on', NEW: 'yes'}), {image: 'app:1.0'}),
  )
})

it('keeps what was changed by hand when nothing else has changed there', () => {
  const live = definition('1024', env({PORT: '8000', LEVEL: 'debug'}))
  const was = definition('256', env({PORT: '8000', LEVEL: 'info'}))
  const now = definition('256', env({PORT: '8000', LEVEL: 'info'}), {readonlyRootFilesystem: true})
  expect(merged(live, was, now)).toEqual(
    definition('1024', env({PORT: '8000', LEVEL: 'debug'}), {readonlyRootFilesystem: true}),
  )
})

it('takes away what is no longer there, and only that', () => {
  const live = {...definition('256', env({OLD: '1', MINE: '2'})), taskRoleArn: 'role'}
  const was = {...definition('256', env({OLD: '1'})), taskRoleArn: 'role'}
  expect(merged(live, was, definition('256', []))).toEqual(definition('256', env({MINE: '2'})))
})

it('merges into a list that the live one does not have', () => {
  const secrets = [{name: 'DB_URL', valueFrom: 'arn:db'}]
  const live = definition('256', undefined, {image: 'app:1'})
  expect(merged(live, definition('256'), definition('256', undefined, {secrets}))).toEqual(
    definition('256', undefined, {image: 'app:1', secrets}),
  )
})

it('takes a new container whole, and a list without names as it is', () => {
  const side = {name: 'side', image: 'proxy:2', command: ['a', 'b']}
  const was = {containerDefinitions: [{name: 'app', image: 'x', command: ['one']}]}
  const live = {containerDefinitions: [{name: 'app', image: 'app:1', command: ['one']}]}
  const now = {containerDefinitions: [{name: 'app', image: 'x', command: ['two', 'three']}, side]}
  expect(merged(live, was, now)).toEqual({
    containerDefinitions: [{name: 'app', image: 'app:1', command: ['two', 'three']}, side],
  })
})
