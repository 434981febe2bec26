import {existsSync, writeFileSync} from 'node:fs'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it, type TestContext, vi} from 'vitest'

import {pass, type Rule} from '../support/fault-proxy.js'
import {noMoto, noTerraformOnMoto} from '../support/moto.js'
import {network} from '../support/moto-network.js'
import {backupOf, md5, type StateHome, stateHome} from '../support/state-home.js'
import {stateBytes} from '../support/states.js'

const WAITS_FOR_A_FILE = `resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "touch begun; until [ -e go ] || [ ! -e begun ]; do sleep 0.05; done"
  }
}
`

/** A state that Terraform made, and a file beside it that can be restored over it. */
async function made(test: TestContext, options: object = {}) {
  const home = await stateHome({...options, onFinished: test.onTestFinished})
  const project = home.project()
  expect(await project.terraform(['init', '-no-color'])).toMatchObject({code: 0})
  expect(await project.terraform(['apply', '-auto-approve', '-no-color'])).toMatchObject({code: 0})
  const text = String(await home.state())
  writeFileSync(join(home.directory, 'older.tfstate'), text.replaceAll('"one"', '"zero"'))
  return {home, ...project}
}

/** The calls that a program makes under the lock come after its first write. */
const onceLocked: Rule['when'] = ({reached}) => reached.some((call) => /:Put(Item|Object)$/.test(call))

/** A network that stops the first such call made under the lock: `arrived` when it is there, and `goOn` lets it go on. */
async function stopping(home: StateHome, operation: string, test: TestContext) {
  const [arrived, gate] = [deferred(), deferred()]
  const kind: Rule['kind'] = async (exchange) => {
    arrived.resolve()
    await gate.promise
    await pass(exchange)
  }
  const {env} = await network(home, [{operation, kind, when: onceLocked}], test.onTestFinished)
  test.onTestFinished(gate.resolve)
  return {env, arrived: arrived.promise, goOn: gate.resolve}
}

function deferred() {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return {promise, resolve}
}

/** fb when it has found the lock held and waits for it. */
async function waiting(home: StateHome, test: TestContext) {
  const {env, reached} = await network(home, [], test.onTestFinished)
  const restore = home.restore('older.tfstate', ['--lock-timeout', '1m'], env)
  await vi.waitFor(() => expect(reached).toContain('dynamodb:GetItem'), 20_000)
  return {ended: restore}
}

const byUs = expect.stringMatching(new RegExp(`locked by \\S+@${hostname()}`))

describe.skipIf(noTerraformOnMoto)('while Terraform holds the state', {concurrent: true}, () => {
  it('changes nothing, and says who holds it and what for', async (test) => {
    const {home, directory, launch} = await made(test)
    const before = await home.state()
    writeFileSync(join(directory, 'slow.tf'), WAITS_FOR_A_FILE)
    const apply = launch(['apply', '-auto-approve', '-no-color'])
    const goOn = () => writeFileSync(join(directory, 'go'), '')
    test.onTestFinished(goOn)
    await vi.waitFor(() => expect(existsSync(join(directory, 'begun')), apply.said.stderr).toBe(true), 20_000)

    const busy = await Promise.all([
      home.restore('older.tfstate'),
      home.run('rm', ['terraform_data.second', '--yes']),
      home.run('mv', ['terraform_data.second', 'terraform_data.other', '--yes']),
      home.fb(['state', 'migrate-lock', 'both', '--yes']),
    ])
    for (const {code, stderr} of busy) {
      expect({code, stderr}).toEqual({code: 5, stderr: byUs})
      expect(stderr).toMatch(/apply · for \d+s · Terraform 1\./)
    }
    expect(await home.state()).toEqual(before)
    goOn()
    expect(await apply.ended).toMatchObject({code: 0})
  })

  it('waits as long as --lock-timeout says, then goes on', async (test) => {
    const {home, launch} = await made(test)
    const {env, arrived, goOn} = await stopping(home, 's3:GetObject', test)
    const plan = launch(['plan', '-no-color'], env)
    await arrived
    const restore = await waiting(home, test)
    goOn()
    expect(await plan.ended).toMatchObject({code: 0})
    expect(await restore.ended).toMatchObject({code: 0})
    expect(String(await home.state())).toContain('"zero"')
  })

  it('plans with what Terraform has written meanwhile, and keeps it as a backup', async (test) => {
    const {home, directory, launch} = await made(test)
    writeFileSync(join(directory, 'more.tf'), 'resource "terraform_data" "third" {}')
    const {env, arrived, goOn} = await stopping(home, 's3:PutObject', test)
    const apply = launch(['apply', '-auto-approve', '-no-color'], env)
    await arrived
    const restore = await waiting(home, test)
    goOn()
    expect(await apply.ended).toMatchObject({code: 0})
    const {code, stderr} = await restore.ended
    expect({code, stderr}).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/no longer know[\s\S]+terraform_data.third/),
    })
    const [body] = (await home.keys()).filter((key) => key.endsWith('.tfstate'))
    expect(String(await home.read(body!))).toContain('"third"')
    expect(await home.locks()).toEqual([])
  })
})

describe.skipIf(noTerraformOnMoto)('while fb holds the state', {concurrent: true}, () => {
  it.for([
    ['the lock table', {}],
    ['the lock file alone', {lockfile: true, table: false}],
  ] as const)('Terraform says who holds it, since when and what for, by %s', async ([, locks], test) => {
    const {home, terraform} = await made(test, locks)
    const {env, arrived, goOn} = await stopping(home, 's3:GetObject', test)
    const restore = home.restore('older.tfstate', [], env)
    await arrived
    const {code, stderr} = await terraform(['apply', '-auto-approve', '-no-color'])
    expect(code).toBe(1)
    expect(stderr).toContain('Error acquiring the state lock')
    const info = JSON.parse((await home.locks())[0]!)
    expect(info).toMatchObject({Operation: 'fb state restore', Info: expect.stringMatching(/^pid \d+( ns \d+)?$/)})
    for (const name of ['ID', 'Path', 'Operation', 'Who', 'Version', 'Info'])
      expect(stderr).toMatch(new RegExp(`${name}: +${info[name].replaceAll('+', '\\+')}`))
    goOn()
    expect(await restore).toMatchObject({code: 0})
    expect(await terraform(['state', 'list'])).toMatchObject({code: 0})
  })
})

/** Lets calls pass once there are so many of them. */
function barrier(size: number): Rule['kind'] {
  const all = deferred()
  let arrived = 0
  return async (exchange) => {
    if (++arrived === size) all.resolve()
    await all.promise
    await pass(exchange)
  }
}

describe.skipIf(noMoto)('two restores at once', {concurrent: true}, () => {
  const bytesOf = (serial: number) => stateBytes({serial, resources: {'aws_vpc.main': {id: `vpc-${serial}`}}})

  it.for(Array.from({length: 10}, (_, i) => i))('let one write and tell the other, time %i', async (_, test) => {
    const home = await stateHome({onFinished: test.onTestFinished})
    await home.putState(bytesOf(7))
    const name = await backupOf(home)
    await home.putState(bytesOf(8))
    const kind = barrier(2)
    const ended = [1, 2].map(async () => {
      const {env} = await network(home, [{operation: 'dynamodb:PutItem', kind}], test.onTestFinished)
      return home.restore(name, [], env)
    })
    const [first, second] = (await Promise.all(ended)).sort((a, b) => a.code! - b.code!)
    expect(first).toMatchObject({code: 0})
    expect(second).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/The state (is|was) locked|has changed since/),
    })
    expect(await home.writes()).toBe(3)
    const state = (await home.state())!
    expect(JSON.parse(String(state))).toMatchObject({
      serial: 9,
      resources: [{instances: [{attributes: {id: 'vpc-7'}}]}],
    })
    expect(await home.digest()).toBe(md5(state))
    expect(await home.locks()).toEqual([])
  })
})
