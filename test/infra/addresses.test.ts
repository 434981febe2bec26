import {TerraformResource} from 'cdktf'
import {RootConstruct} from 'constructs'
import {describe, expect, it} from 'vitest'

import type {TerraformDocument} from '../../infra/app.js'
import {EnvironmentStack, SharedStack} from '../../infra/stack.js'
import {SHARED} from '../../src/config/names.js'
import {documentFor, settingsFor, type Wanted} from '../support/document-for.js'
import {EVERYTHING, NOTHING, TWO_SERVICES} from '../support/knobs.js'

const STACKS: Record<string, Wanted> = {
  dev: {env: 'dev'},
  test: {env: 'test'},
  prod: {env: 'prod'},
  shared: {env: SHARED},
  everything: {env: 'prod', knobs: EVERYTHING, services: TWO_SERVICES},
  nothing: {env: 'prod', knobs: NOTHING},
  'everything-shared': {env: SHARED, knobs: EVERYTHING},
}
const each = it.each(Object.entries(STACKS))

describe('Terraform destroys what changes its address, and makes it anew', () => {
  each(
    'so those of %s are committed; to accept a change: npx vitest run test/infra/addresses.test.ts -u',
    async (name, wanted) => {
      await expect(`${addressesOf(documentFor(wanted)).join('\n')}\n`).toMatchFileSnapshot(`addresses/${name}.txt`)
    },
  )
})

each('no two resources of %s have the same address: the document would have only one of them', (_, wanted) => {
  const settings = settingsFor(wanted)
  const Stack = wanted.env === SHARED ? SharedStack : EnvironmentStack
  const made = new Stack(new RootConstruct(), settings).node
    .findAll()
    .filter((one) => one instanceof TerraformResource)
    .map((one) => `${one.terraformResourceType}.${one.node.id}`)
  const {resource} = documentFor(wanted)
  expect(made.sort()).toEqual(addressesOf({resource} as TerraformDocument))
})

each('every address of %s can be read and typed', (_, wanted) => {
  const odd = addressesOf(documentFor(wanted)).filter(
    (address) => !/^(data\.|output\.)?[a-z0-9_]+(\.[a-z][a-z0-9_]*)?$/.test(address),
  )
  expect(odd).toEqual([])
  const stuttering = addressesOf(documentFor(wanted)).filter((address) => {
    const [name = '', type = ''] = address.split('.').reverse()
    return type !== 'output' && name.includes(type.replace(/^aws_/, ''))
  })
  expect(stuttering).toEqual([])
})

function addressesOf({resource, data = {}, output = {}}: TerraformDocument): string[] {
  const named = (prefix: string, types: Record<string, object>) =>
    Object.entries(types).flatMap(([type, all]) => Object.keys(all).map((name) => `${prefix}${type}.${name}`))
  const outputs = Object.keys(output).map((name) => `output.${name}`)
  return [...named('', resource), ...named('data.', data), ...outputs].sort()
}
