import {join} from 'node:path'
import {expect, it} from 'vitest'

import {FbError, NotFound} from '../../src/errors.js'
import {findTerraform, isOlder} from '../../src/terraform/binary.js'
import {directory, parent, program} from '../support/terraform.js'

const saying = (version: string) => `echo '{"terraform_version": "${version}", "platform": "linux_amd64"}'`
const find = (env: NodeJS.ProcessEnv) => findTerraform(parent({...env}).self)
const path = (...places: string[]) => [...places, '/bin', '/usr/bin'].join(':')

it('takes terraform from the PATH, and tofu where there is none', async () => {
  const [terraform, tofu] = [program('terraform', saying('1.11.4')), program('tofu', saying('1.10.0'))]
  const both = await find({PATH: path(tofu, terraform)})
  expect(both).toEqual({path: join(terraform, 'terraform'), product: 'Terraform', version: '1.11.4'})
  const one = await find({PATH: path(directory(), tofu)})
  expect(one).toEqual({path: join(tofu, 'tofu'), product: 'OpenTofu', version: '1.10.0'})
})

it('takes the program that FB_TERRAFORM names, by name or path', async () => {
  const [other, terraform] = [program('terraform1.9', saying('1.9.8')), program('terraform', saying('1.11.4'))]
  expect(await find({PATH: path(terraform, other), FB_TERRAFORM: 'terraform1.9'})).toMatchObject({version: '1.9.8'})
  expect(await find({PATH: path(terraform), FB_TERRAFORM: join(other, 'terraform1.9')})).toMatchObject({
    version: '1.9.8',
  })
  const missing = find({PATH: path(terraform), FB_TERRAFORM: './missing'})
  await expect(missing).rejects.toThrow('FB_TERRAFORM is ./missing, and there is no such program.')
})

it('says how to get one when there is none', async () => {
  const failure = await find({PATH: directory()}).catch((error) => error)
  expect(failure).toBeInstanceOf(NotFound)
  expect(failure).toMatchObject({code: 'no_terraform', exitCode: 3})
  expect(failure.next.join()).toContain('https://developer.hashicorp.com/terraform/install')
})

it('refuses one that is too old, saying what was found and what is needed', async () => {
  const failure = await find({PATH: path(program('terraform', saying('1.4.0')))}).catch((error) => error)
  expect(failure).toBeInstanceOf(FbError)
  expect(failure).toMatchObject({code: 'terraform_too_old', exitCode: 1})
  expect(failure.message).toBe('Terraform 1.4.0 is too old: fb needs 1.5 or later.')
})

it('knows one that is too old to say its version as JSON', async () => {
  const script = 'printf "Terraform v0.11.14\\n\\nYour version of Terraform is out of date!\\n"'
  const failure = await find({PATH: path(program('terraform', script))}).catch((error) => error)
  expect(failure.message).toBe('Terraform 0.11.14 is too old: fb needs 1.5 or later.')
})

it('shows what a program said that should be Terraform and is not', async () => {
  const script = 'echo "No version is set for command terraform" >&2; exit 126'
  const failure = await find({PATH: path(program('terraform', script))}).catch((error) => error)
  expect(failure).toMatchObject({code: 'no_terraform', because: ['No version is set for command terraform']})
})

it('compares versions as numbers, by major and minor', () => {
  expect(isOlder('1.9.8', '1.10.0')).toBe(true)
  expect(isOlder('1.10.0', '1.9.8')).toBe(false)
  expect(isOlder('1.11.4', '1.11.9')).toBe(false)
  expect(isOlder('1.15.0', '2.0.0-beta1')).toBe(true)
})
