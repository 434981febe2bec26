import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

import {emptyHome} from '../support/fb.js'

/** Without AWS: fb.yml says which accounts they are. */
function home() {
  const place = emptyHome()
  const environments = 'environments: {dev: {account: "123456789012"}, shared: {account: "123456789012"}}'
  writeFileSync(join(place.directory, 'fb.yml'), `app: shop\n${environments}\n`)
  const synth = (...args: string[]) => place.fb(['infra', 'synth', ...args])
  return {...place, synth, at: (path: string) => join(place.directory, path)}
}

it('tells what is in the definition by module, and that nobody speaks HTTPS', async () => {
  const {synth} = home()
  const {code, stdout, stderr} = await synth('--env', 'dev')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^vpc +\d+ {2}vpc, default_security_group, subnet×9,/m)
  expect(stdout).toMatch(/^\d+ resources, .* in \d+ modules: dev · 1234-5678-9012 · us-east-1$/m)
  expect(stderr).toContain('The load balancer of dev speaks plain HTTP')
})

it('makes the same document whenever and wherever it is asked', async () => {
  const [one, other] = [home(), home()]
  const first = await one.synth('--env', 'dev', '--json')
  expect((await other.synth('--env', 'dev', '--json')).stdout).toBe(first.stdout)
  expect(first.stdout).not.toContain(process.cwd())
  const {resource, terraform} = JSON.parse(first.stdout)
  expect(resource.aws_vpc.main.cidr_block).toBe('10.0.0.0/16')
  expect(terraform.backend.s3.key).toBe('shop/dev/terraform.tfstate')
})

it('writes it into a directory, and leaves alone what is there already', async () => {
  const {synth, at} = home()
  writeFileSync(at('own.tf'), '# mine\n')
  expect(await synth('--env', 'shared', '--out', '.')).toMatchObject({code: 0})
  expect(await synth('--env', 'shared', '--out', 'new/place', '--hcl')).toMatchObject({code: 0})
  expect(JSON.parse(readFileSync(at('main.tf.json'), 'utf8')).resource).toHaveProperty('aws_kms_key')
  expect(readFileSync(at('new/place/main.tf'), 'utf8')).toMatch(/^resource "aws_kms_key" "main" \{$/m)
  expect(existsSync(at('new/place/main.tf.json'))).toBe(false)
  expect(readFileSync(at('own.tf'), 'utf8')).toBe('# mine\n')
})

it('asks for the account where nothing says which it is', async () => {
  const {fb} = emptyHome()
  const {code, stderr} = await fb(['infra', 'synth', '--env', 'dev'], {AWS_EC2_METADATA_DISABLED: 'true'})
  expect(code).toBe(4)
  expect(stderr).toContain('set environments.dev.account in fb.yml')
})
