import {existsSync, readdirSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, it, onTestFinished, vi} from 'vitest'

import {noMoto, noTerraformOnMoto} from '../support/moto.js'
import {lockInfo, type StateHome, stateHome} from '../support/state-home.js'
import {stateBytes} from '../support/states.js'
import {terminal} from '../support/terminal.js'
import {program} from '../support/terraform.js'

/** A home whose state fb did not write. No digest: Terraform and fb take it as it is. */
async function withState(given: Parameters<typeof stateBytes>[0], env = 'dev') {
  const home = await stateHome({env})
  await home.put(home.key, stateBytes(given))
  return home
}

const textOf = async (home: StateHome) => String(await home.state())

const VPC = {'aws_vpc.main': {id: 'vpc-1'}, 'aws_subnet.a': {id: 'subnet-1'}}
const left = (pid: number | undefined) =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`fb-terraform-${pid}-`))

it.skipIf(noTerraformOnMoto)('leaves a state that Terraform goes on with, and a way back', async () => {
  const home = await stateHome()
  const {terraform, directory} = home.project()
  await terraform(['init', '-no-color'])
  expect(await terraform(['apply', '-auto-approve', '-no-color'])).toMatchObject({code: 0})
  const before = await textOf(home)

  const moved = await home.fb(['state', 'mv', 'terraform_data.first', 'terraform_data.primary', '-e', 'dev', '-y'])
  expect(moved).toMatchObject({code: 0})
  const renamed = `resource "terraform_data" "primary" { input = "one" }
output "first" { value = terraform_data.primary.output }
`
  writeFileSync(join(directory, 'main.tf'), renamed)
  expect((await terraform(['state', 'list'])).stdout).toBe('terraform_data.primary\nterraform_data.second\n')

  const removed = await home.fb(['state', 'rm', 'terraform_data.second', '-e', 'dev', '--yes', '--json'])
  const document = JSON.parse(removed.stdout)
  const {id} = JSON.parse(before).resources[1].instances[0].attributes
  expect(document).toMatchObject({env: 'dev', done: true, forgotten: [{address: 'terraform_data.second', id}]})
  expect(document.serial).toBe(document.previousSerial + 1)
  expect((await terraform(['plan', '-no-color'])).stdout).toContain('No changes.')

  const name = /fb state restore (\S+) --env dev/.exec(moved.stdout)![1]!
  expect(await home.keys('')).toContain(`backups/dev/${name}.tfstate`)
  const confirm = ['--confirm', `${home.app}-dev`, '--yes']
  expect(await home.fb(['state', 'restore', name, '--env', 'dev', ...confirm])).toMatchObject({code: 0})
  expect((await terraform(['state', 'list'])).stdout).toBe('terraform_data.first\nterraform_data.second\n')
})

it.skipIf(noTerraformOnMoto)('shows the plan and changes nothing with --dry-run', async () => {
  const home = await withState({serial: 7, resources: VPC})
  const before = await textOf(home)
  const rm = await home.fb(['state', 'rm', 'aws_vpc.main', '--env', 'dev', '--dry-run'])
  expect(rm.code).toBe(0)
  expect(rm.stdout).toMatch(/^Forget +aws_vpc.main +vpc-1$/m)
  expect(rm.stdout).toContain('nobody manages it any more')
  const mv = await home.fb(['state', 'mv', 'aws_vpc.main', 'module.net.aws_vpc.main', '--env', 'dev', '--dry-run'])
  expect(mv.stdout).toMatch(/^Move +aws_vpc.main +→ module.net.aws_vpc.main +vpc-1$/m)
  expect(await textOf(home)).toBe(before)
  expect(await home.keys('')).toEqual([home.key])
})

it.skipIf(noTerraformOnMoto)('says what is wrong with an address, and asks nothing', async () => {
  const home = await withState({serial: 7, resources: VPC})
  const failing = async (...args: string[]) => {
    const {code, stdout} = await home.fb(['state', ...args, '--env', 'dev', '--yes', '--json'])
    return {exit: code, ...JSON.parse(stdout).error}
  }
  const unknown = await home.fb(['state', 'rm', 'aws_vpc.mian', '--env', 'dev', '--yes'])
  expect(unknown).toMatchObject({code: 3, stdout: ''})
  expect(unknown.stderr).toContain('aws_vpc.main')
  expect(await failing('rm', 'aws_vpc.main', 'aws_vpc.mian')).toMatchObject({exit: 3})
  expect(await failing('mv', 'aws_vpc.main', 'aws_subnet.b')).toMatchObject({exit: 7, code: 'other_kind'})
  expect(await failing('mv', 'aws_vpc.main', 'aws_vpc.main')).toMatchObject({exit: 7, code: 'target_taken'})
  expect(await failing('mv', 'aws_vpc.main', 'aws_vpc')).toMatchObject({exit: 2, code: 'bad_address'})
  expect(await home.fb(['state', 'rm', '--env', 'dev', '--yes'])).toMatchObject({code: 2})
  expect(await home.fb(['state', 'rm', 'aws_vpc.main', '--env', 'dev'])).toMatchObject({code: 2})
  expect(JSON.parse(await textOf(home)).serial).toBe(7)
})

it.skipIf(noTerraformOnMoto)('keeps away from a state that somebody has locked', async () => {
  const home = await withState({serial: 7, resources: VPC})
  const before = await textOf(home)
  const info = lockInfo({Who: 'ann@laptop'})
  await home.hold(info)
  const {code, stderr} = await home.fb(['state', 'rm', 'aws_vpc.main', '--env', 'dev', '--yes'])
  expect(code).toBe(5)
  expect(stderr).toContain('ann@laptop')
  expect(await textOf(home)).toBe(before)
  expect(await home.locks()).toEqual([info])
})

it.skipIf(noMoto)('needs a Terraform that knows the state, before anything starts', async () => {
  const home = await withState({serial: 7, terraformVersion: '1.6.2', resources: VPC})
  const rm = ['state', 'rm', 'aws_vpc.main', '--env', 'dev', '--yes']
  const saying = (version: string) =>
    join(program('terraform', `echo '{"terraform_version": "${version}"}'`), 'terraform')
  const older = await home.fb(rm, {FB_TERRAFORM: saying('1.5.7')})
  expect(older.code).toBe(7)
  expect(older.stderr).toContain('The state was written by version 1.6.2, and Terraform here is 1.5.7.')
  const old = await home.fb(rm, {FB_TERRAFORM: saying('1.4.0')})
  expect(old.code).toBe(1)
  expect(old.stderr).toContain('Terraform 1.4.0 is too old')
  const none = await home.fb(rm, {PATH: '/nowhere'})
  expect(none.code).toBe(3)
  expect(none.stderr).toContain('opentofu.org')
  expect(await home.keys('')).toEqual([home.key])
})

it.skipIf(noTerraformOnMoto)('wants the name of a protected environment typed, and takes Ctrl-C for a no', async () => {
  const home = await withState({serial: 7, resources: VPC}, 'prod')
  const before = await textOf(home)
  const args = ['state', 'rm', 'aws_vpc.main', '--env', 'prod']
  const screen = {env: home.env, directory: home.directory, columns: 80, rows: 24}
  const leaving = terminal(args, screen)
  await leaving.until('Let the state of prod forget 1 resource?')
  expect(leaving.wrapped()).toEqual([])
  leaving.press('ctrl-c')
  expect(await leaving.ended).toEqual({code: 130})
  expect(leaving.screen().join('\n')).toContain('Nothing was changed.')
  expect(await textOf(home)).toBe(before)

  const agreeing = terminal(args, screen)
  await agreeing.until('Let the state of prod forget 1 resource?')
  agreeing.type('prod\r')
  expect(await agreeing.ended).toEqual({code: 0})
  expect(agreeing.screen().join('\n')).toMatch(/Undo +fb state restore \S+ --env prod/)
  expect(JSON.parse(await textOf(home)).resources).toHaveLength(1)
})

/** fb while the Terraform that it has started works, and goes on only when it is told to. */
async function working(home: StateHome) {
  const script = `d=$(dirname "$0")
    [ "$1" = version ] || { touch "$d/begun"; until [ -e "$d/go" ]; do [ -d "$d" ] || exit 1; sleep 0.02; done; }
    exec /usr/bin/env terraform "$@"`
  const place = program('terraform', script)
  const env = {FB_TERRAFORM: join(place, 'terraform')}
  const {child, ended} = home.launch(['state', 'rm', 'aws_vpc.main', '-e', 'dev', '-y'], env)
  const goOn = () => writeFileSync(join(place, 'go'), '')
  onTestFinished(goOn)
  await vi.waitFor(() => expect(existsSync(join(place, 'begun'))).toBe(true), 20_000)
  return {child, ended, goOn, copies: () => left(child.pid)}
}

it.skipIf(noTerraformOnMoto)('hears Ctrl-C while Terraform works, lets it end, and writes nothing', async () => {
  const home = await withState({serial: 7, resources: VPC})
  const before = await textOf(home)
  const {child, ended, goOn, copies} = await working(home)
  expect(copies()).toHaveLength(1)
  child.kill('SIGINT')
  goOn()
  const {code, stderr} = await ended
  expect(code).toBe(130)
  expect(stderr).toContain('Nothing was changed.')
  expect(await textOf(home)).toBe(before)
  expect(await home.locks()).toEqual([])
  expect(copies()).toEqual([])
})

it.skipIf(noTerraformOnMoto)('leaves no copy of the state behind when Ctrl-C is pressed twice', async () => {
  const {child, ended, copies} = await working(await withState({serial: 7, resources: VPC}))
  child.kill('SIGINT')
  await vi.waitFor(() => {
    child.kill('SIGINT')
    expect(child.exitCode).not.toBeNull()
  }, 20_000)
  expect(await ended).toMatchObject({code: 130})
  expect(copies()).toEqual([])
})

it.skipIf(noTerraformOnMoto)('removes with the next command the copy that a killed fb has left', async () => {
  const home = await withState({serial: 7, resources: VPC})
  const {child, ended, copies} = await working(home)
  child.kill('SIGKILL')
  await ended
  expect(copies()).toHaveLength(1)
  await home.fb(['state', 'rm', 'aws_vpc.main', '-e', 'dev', '--dry-run'])
  expect(copies()).toEqual([])
})
