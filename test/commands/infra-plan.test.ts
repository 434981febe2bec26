import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {PutItemCommand, ScanCommand} from '@aws-sdk/client-dynamodb'
import {PutObjectCommand} from '@aws-sdk/client-s3'
import {expect, inject, it} from 'vitest'

import {emptyHome, home} from '../support/fb.js'
import {type MotoHome, motoHome, noTerraformOnMoto} from '../support/moto.js'
import {state} from '../support/states.js'
import {terminal} from '../support/terminal.js'
import {program} from '../support/terraform.js'

const providers = inject('providerMirror')
const on = it.skipIf(noTerraformOnMoto)

/** A home in which Terraform finds its provider, if there is one, and keeps its files beside the test's own. */
async function withMirror() {
  const place = await motoHome()
  const include = 'include = ["registry.terraform.io/*/*"]'
  writeFileSync(
    join(place.directory, 'terraform.rc'),
    `provider_installation {\n  filesystem_mirror {\n    path = "${providers ?? place.directory}"\n    ${include}\n  }\n}\n`,
  )
  const tmp = join(place.directory, 'tmp')
  mkdirSync(tmp)
  const env = {TMPDIR: tmp, TF_CLI_CONFIG_FILE: 'terraform.rc', XDG_CACHE_HOME: undefined}
  const plan = (...args: string[]) => place.fb(['infra', 'plan', '--env', 'shared', ...args], env)
  return {...place, plan, fb: (args: string[]) => place.fb(args, env), leftovers: () => readdirSync(tmp)}
}

async function locks({dynamodb, lockTable}: MotoHome): Promise<string[]> {
  const {Items = []} = await dynamodb.send(new ScanCommand({TableName: lockTable}))
  return Items.map(({LockID}) => LockID!.S!).filter((id) => !id.endsWith('-md5'))
}

it.skipIf(noTerraformOnMoto || !providers)(
  'plans with Terraform and the AWS provider against an independent AWS, keeps the plan, and leaves nothing behind',
  async () => {
    const place = await withMirror()
    await place.makeBackend()
    const {code, stdout, stderr} = await place.plan('--out', 'plans/shared.fbplan', '--exit-code')
    expect({code, stderr}).toMatchObject({code: 10})
    expect(stdout).toMatch(/^kms\n {2}\+ aws_kms_alias +alias\n {2}\+ aws_kms_key +main\n/m)
    expect(stdout).toMatch(/^\d+ to create in shared\.$/m)
    expect(stderr).toMatch(/Prepare Terraform: done \(hashicorp\/aws \d+\.\d+\.\d+\)/)
    const file = join(place.directory, 'plans/shared.fbplan')
    expect([statSync(file).mode & 0o777, statSync(join(file, '..')).mode & 0o777]).toEqual([0o600, 0o700])
    const {files, account} = JSON.parse(readFileSync(file, 'utf8'))
    expect(account).toBe('123456789012')
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['main.tf.json', 'plan.tfplan', '.terraform.lock.hcl']))
    expect(readFileSync(join(place.directory, '.terraform.lock.hcl'), 'utf8')).toContain('hashicorp/aws')
    expect(place.leftovers()).toEqual([])
    expect(await locks(place)).toEqual([])
    expect(await place.plan('--out', 'plans/shared.fbplan')).toMatchObject({code: 2})
  },
  180_000,
)

on('names the bucket that is missing, before Terraform is started', async () => {
  const {plan, bucket} = await withMirror()
  const {code, stderr} = await plan()
  expect(code).toBe(3)
  expect(stderr).toContain(`There is no S3 bucket ${bucket}.`)
  expect(stderr).toContain('fb state bootstrap')
})

on('says who holds the lock, and since when', async () => {
  const place = await withMirror()
  await place.makeBackend()
  const path = `${place.bucket}/${place.app}/shared/terraform.tfstate`
  const info = {ID: 'x-1', Operation: 'OperationTypeApply', Who: 'bob@ci-7', Version: '1.11.4', Path: path}
  const Created = new Date(Date.now() - 3 * 3_600_000).toISOString()
  const Item = {LockID: {S: path}, Info: {S: JSON.stringify({...info, Created})}}
  await place.dynamodb.send(new PutItemCommand({TableName: place.lockTable, Item}))
  const {code, stderr} = await place.plan()
  expect(code).toBe(5)
  expect(stderr).toContain('The state is locked by bob@ci-7.')
  expect(stderr).toContain('apply · for 3h')
})

on('says what to do where the provider cannot be had', async () => {
  const place = await withMirror()
  await place.makeBackend()
  const rc = `provider_installation {\n  filesystem_mirror {\n    path = "${place.directory}"\n  }\n}\n`
  writeFileSync(join(place.directory, 'terraform.rc'), rc)
  const {code, stderr} = await place.plan()
  expect(code).toBe(1)
  expect(stderr).toContain('could not get the provider hashicorp/aws')
  expect(stderr).toContain('terraform providers mirror DIR')
  expect(place.leftovers()).toEqual([])
})

it('wants Terraform, and says where there is some', async () => {
  const place = emptyHome({PATH: program('nothing', '')})
  writeFileSync(join(place.directory, 'fb.yml'), 'environments: {dev: {account: "123456789012"}}\n')
  const {code, stderr} = await place.fb(['infra', 'validate', '--env', 'dev'])
  expect(code).toBe(3)
  expect(stderr).toContain('there is neither terraform nor tofu on the PATH')
})

it('has nothing to plan in the sandbox', async () => {
  const {code, stderr} = await home().fb(['infra', 'plan', '--env', 'sandbox'])
  expect(code).toBe(2)
  expect(stderr).toContain('fb infra synth --env sandbox')
})

it('shows the words of Terraform under the construct that they are about', async () => {
  const found = {
    valid: false,
    diagnostics: [
      {severity: 'error', summary: 'Invalid CIDR', detail: 'Not\na block.', address: 'aws_vpc.main'},
      {severity: 'warning', summary: 'Old', detail: '', range: {filename: 'main.tf.json', start: {line: 2}}},
    ],
  }
  const script = `case "$1" in
version) echo '{"terraform_version": "1.11.4"}' ;;
validate) printf %s '${JSON.stringify(found)}'; exit 1 ;;
*) echo '- Using hashicorp/aws v5.100.0 from the shared cache directory' ;;
esac`
  const place = emptyHome({PATH: `${program('terraform', script)}:${process.env.PATH}`})
  const {code, stdout} = await place.fb(['infra', 'validate', '--env', 'sandbox'])
  expect(code).toBe(1)
  expect(stdout).toContain('✖ infra/modules/vpc · aws_vpc.main\n  Invalid CIDR\n  Not a block.')
  expect(stdout).toContain('! terraform\n  Old')
  expect(stdout).toContain('The definition is not valid')
})

it('lets Terraform end by itself, however often Ctrl-C is pressed', async () => {
  const place = emptyHome()
  const heard = join(place.directory, 'heard')
  const script = `case "$1" in
version) echo '{"terraform_version": "1.11.4"}' ;;
validate) trap 'echo INT >> ${heard}; over=1' INT; echo 1 > ${place.directory}/began
  while [ -z "$over" ]; do sleep 0.05; done; sleep 1; exit 1 ;;
esac`
  const env = {...place.env, PATH: `${program('terraform', script)}:${process.env.PATH}`}
  const screen = terminal(['infra', 'validate', '--env', 'sandbox'], {...place, env, columns: 90})
  await screen.until('Validate the definition')
  await screen.until(() => existsSync(join(place.directory, 'began')))
  screen.press('ctrl-c')
  await screen.until('Terraform ends by itself and frees the lock')
  screen.press('ctrl-c')
  screen.press('ctrl-c')
  expect(await screen.ended).toEqual({code: 130})
  expect(readFileSync(heard, 'utf8')).toBe('INT\n')
})

on('shows outputs from the state, and no sensitive one', async () => {
  const place = await withMirror()
  await place.makeBackend()
  const outputs = {
    url: {value: 'https://api.example.com', type: 'string'},
    odd: {value: 'hunter2-canary', type: 'string', sensitive: true},
    db_password: {value: 'hunter2-canary', type: 'string'},
    list: {value: ['a'], type: ['list', 'string']},
  }
  const Body = JSON.stringify({...state({}), outputs})
  await place.s3.send(new PutObjectCommand({Bucket: place.bucket, Key: `${place.app}/dev/terraform.tfstate`, Body}))
  const output = (...args: string[]) => place.fb(['infra', 'output', '--env', 'dev', ...args])
  expect((await output()).stdout).toBe(
    'db_password  (sensitive)\nlist         ["a"]\nodd          (sensitive)\nurl          https://api.example.com\n',
  )
  expect((await output('url')).stdout).toBe('https://api.example.com\n')
  expect(JSON.parse((await output('--json')).stdout)).toMatchObject({
    url: 'https://api.example.com',
    odd: '(sensitive)',
  })
  expect(await output('uri')).toMatchObject({code: 3, stderr: expect.stringContaining('Did you mean url?')})
})
