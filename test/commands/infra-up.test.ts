import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {ListTablesCommand} from '@aws-sdk/client-dynamodb'
import {CreateDBInstanceCommand, DescribeDBSnapshotsCommand, RDSClient} from '@aws-sdk/client-rds'
import {describe, expect, it, type TestContext} from 'vitest'

import type {Exchange, Rule} from '../support/fault-proxy.js'
import {pass} from '../support/fault-proxy.js'
import {noTerraformOnMoto} from '../support/moto.js'
import {network} from '../support/moto-network.js'
import {standIn} from '../support/stand-in.js'
import {lockInfo, type StateHome, stateHome} from '../support/state-home.js'
import {stateBytes} from '../support/states.js'

const made = (input: unknown, more: object = {}) => ({input, ...more})

const DOCUMENT = {
  resource: {terraform_data: {first: made('one'), second: made('two', {depends_on: ['terraform_data.first']})}},
  output: {url: {value: '${terraform_data.first.output}'}},
}

const FAILING = {
  resource: {
    terraform_data: {
      first: made('one'),
      second: made('two', {
        depends_on: ['terraform_data.first'],
        provisioner: [{'local-exec': {command: 'echo no room >&2; exit 3'}}],
      }),
      third: made('three', {depends_on: ['terraform_data.second']}),
    },
  },
}

async function up({onTestFinished}: TestContext, document: object = DOCUMENT) {
  const home = await stateHome({lockfile: true, onFinished: onTestFinished})
  const run = (command: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) =>
    home.fb(['infra', command, '--env', 'dev', ...args], {
      ...env,
      FB_TERRAFORM: env.FB_TERRAFORM ?? standIn(home, document),
    })
  return {home, run}
}

/** A Terraform whose plans call one of its own resources a database: a real one takes it minutes to make. */
function asDatabase(name: string, {app, directory}: StateHome, terraform: string): string {
  const edits = [
    `s/terraform_data[.]${name}/aws_db_instance.${name}/g`,
    `s/"type":"terraform_data","name":"${name}"/"type":"aws_db_instance","name":"${name}"/g`,
    `s/"before":{/"before":{"identifier":"${app}","skip_final_snapshot":true,/g`,
  ]
  const file = join(directory, 'terraform-with-database')
  const show = `[ "$1" != show ] || { ${terraform} "$@" | sed '${edits.join(';')}'; exit; }`
  writeFileSync(file, `#!/bin/sh\n${show}\nexec ${terraform} "$@"\n`, {mode: 0o755})
  return file
}

const names = async (home: StateHome) =>
  JSON.parse(String(await home.state())).resources.map(({name}: {name: string}) => name)

describe.skipIf(noTerraformOnMoto).concurrent('fb infra up', () => {
  it('makes what is missing, says the outputs and what to type next, and keeps the state before', async (test) => {
    const {home, run} = await up(test)
    const {code, stdout, stderr} = await run('up', ['--yes'])
    expect({code, stderr}).toMatchObject({code: 0, stderr: expect.stringContaining('2 to create in dev.')})
    expect(stdout).toMatch(/^✔ dev is as the definition says: 2 changes in \ds\.\n {2}State {2}serial \d\n {2}Next/)
    expect(stdout).toMatch(/\nurl +one\n$/)
    expect(await home.locks()).toEqual([])
    const again = await run('up', ['--yes'])
    expect(again).toMatchObject({code: 0, stdout: expect.stringContaining('✔ Nothing differs: dev')})
    expect(await home.keys()).toEqual([])
    const changed = {...DOCUMENT, resource: {terraform_data: {first: made('another')}}}
    const {stdout: json} = await run('up', ['--yes', '--json'], {FB_TERRAFORM: standIn(home, changed)})
    const result = JSON.parse(json)
    expect(result).toMatchObject({done: 2, counts: {update: 1, destroy: 1}, outputs: {url: 'another'}})
    expect(await home.keys()).toHaveLength(2)
    expect((await home.run('restore', [result.backup, '--dry-run'])).code).toBe(0)
  })

  it('asks nothing without a terminal, and names the flag', async (test) => {
    const {run} = await up(test)
    expect(await run('up')).toMatchObject({code: 2, stderr: expect.stringContaining('pass --yes')})
  })

  it('applies the plan that was kept, and none that the state has left behind', async (test) => {
    const {home, run} = await up(test)
    expect((await run('plan', ['--out', 'dev.fbplan'])).code).toBe(0)
    expect(await run('up', ['--plan', 'dev.fbplan', '--yes'])).toMatchObject({code: 0})
    expect(await names(home)).toEqual(['first', 'second'])
    const {code, stderr} = await run('up', ['--plan', 'dev.fbplan', '--yes'])
    expect({code, stderr}).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('state has changed since this plan'),
    })
    const other = await home.fb(['infra', 'up', '--env', 'prod', '--plan', 'dev.fbplan', '--yes'])
    expect(other).toMatchObject({code: 7, stderr: expect.stringContaining('not for')})
  })

  it('says what is made and what is not when Terraform fails, in its words', async (test) => {
    const {home, run} = await up(test, FAILING)
    const {code, stdout} = await run('up', ['--yes', '--json'])
    const {error} = JSON.parse(stdout)
    expect(code).toBe(6)
    expect(error).toMatchObject({
      code: 'terraform_failed',
      state: '1 of 3 changes are made. Not made to the end: terraform_data.second. The state has what is made.',
      next: ['fb infra up --env dev'],
    })
    expect(error.because.join('\n')).toContain('no room')
    expect(await names(home)).toEqual(['first', 'second'])
    expect(await home.locks()).toEqual([])
  })

  it('says who holds the lock, and since when', async (test) => {
    const {home, run} = await up(test)
    await home.hold(lockInfo())
    const {code, stderr} = await run('up', ['--yes'])
    expect({code, stderr}).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/locked by bob@ci-runner-7[\s\S]*for 3h/),
    })
  })

  it('makes the bucket and the lock table first where there are none', async (test) => {
    const {home, run} = await up(test)
    const fresh = {bucket: `${home.bucket}-2`, lockTable: `${home.lockTable}-2`}
    const yml = readFileSync(join(home.directory, 'fb.yml'), 'utf8')
    const state = `state: {bucket: ${fresh.bucket}, lockTable: ${fresh.lockTable}, lockfile: true}`
    const emulated = yml.replace('dev: {}', `dev: {endpoints: {s3: "${home.url}"}}`)
    writeFileSync(join(home.directory, 'fb.yml'), emulated.replace(/state: .*/, state))
    const terraform = standIn({...home, ...fresh}, DOCUMENT)
    const {code, stderr} = await run('up', ['--yes'], {FB_TERRAFORM: terraform})
    expect(code, stderr).toBe(0)
    expect(stderr).not.toContain('HTTPS only')
    const {TableNames} = await home.dynamodb.send(new ListTablesCommand({}))
    expect(TableNames).toContain(fresh.lockTable)
  })

  it('does not take the state of another account for its own', async (test) => {
    const {home, run} = await up(test)
    const arn = 'arn:aws:ecr:us-east-1:222222222222:repository/app'
    await home.putState(stateBytes({resources: {'aws_ecr_repository.main': {arn}}}))
    const {code, stderr} = await run('up', ['--yes'])
    expect({code, stderr}).toMatchObject({
      code: 7,
      stderr: expect.stringMatching(
        /state of dev is that of account 222222222222[\s\S]*aws_ecr_repository\.main: arn:aws:ecr/,
      ),
    })
  })

  it('does not come between a deployment and its listeners', async (test) => {
    const {home, run} = await up(test)
    const answer =
      (body: object) =>
      ({response}: Exchange) =>
        response.writeHead(200, {'content-type': 'application/x-amz-json-1.1'}).end(JSON.stringify(body))
    const info = {deploymentId: 'd-ABC', status: 'InProgress', createTime: 1_700_000_000}
    const rules: Rule[] = [
      {operation: 'codedeploy:ListDeployments', kind: answer({deployments: ['d-ABC']}), times: Infinity},
      {operation: 'codedeploy:BatchGetDeployments', kind: answer({deploymentsInfo: [info]}), times: Infinity},
    ]
    const {env} = await network(home, rules, test.onTestFinished)
    const {code, stderr} = await run('up', ['--yes'], env)
    expect({code, stderr}).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/d-ABC of v1 is running[\s\S]*fb watch d-ABC/),
    })
    expect(await home.state()).toBeUndefined()
  })

  it('takes a last snapshot of a database that the definition has no more', async (test) => {
    const {home, run} = await up(test)
    expect((await run('up', ['--yes'])).code).toBe(0)
    const client = {endpoint: home.url, region: 'us-east-1', credentials: {accessKeyId: 'a', secretAccessKey: 'b'}}
    const rds = new RDSClient(client)
    const instance = {DBInstanceIdentifier: home.app, Engine: 'postgres', DBInstanceClass: 'db.t4g.micro'}
    const more = {AllocatedStorage: 20, MasterUsername: 'app', MasterUserPassword: 'not-a-secret'}
    await rds.send(new CreateDBInstanceCommand({...instance, ...more}))
    const without = {resource: {terraform_data: {first: made('one')}}}
    const {code, stdout, stderr} = await run('up', ['--yes', '--confirm', `${home.app}-dev`], {
      FB_TERRAFORM: asDatabase('second', home, standIn(home, without)),
    })
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('lost  the database with all that is in it; fb takes a last snapshot of it first')
    expect(stderr.indexOf('Snapshot aws_db_instance.second: done')).toBeLessThan(stderr.indexOf('Apply the plan ...'))
    const [, name] = new RegExp(`Saved +snapshot (${home.app}-final-\\d+)`).exec(stdout) ?? []
    const {DBSnapshots} = await rds.send(new DescribeDBSnapshotsCommand({DBSnapshotIdentifier: name}))
    expect(DBSnapshots).toMatchObject([{DBInstanceIdentifier: home.app, Status: 'available'}])
  })

  // AWS has given the lock, and its answer is lost: asked once more, it says that somebody holds it.
  it.for([
    ['plan', 1, []],
    ['drift', 1, []],
    ['up', 1, ['--yes']],
    ['up', 2, ['--yes']],
  ] as const)('%s: says that lock %i was left by itself, and how to free it', async ([command, n, args], test) => {
    const {home, run} = await up(test)
    let locks = 0
    const nth = (exchange: Exchange) => {
      const {action, path} = exchange
      const taking = action === 's3:PutObject' && path.includes('.tflock') && ++locks === n
      return taking ? exchange.carryOut().then(() => exchange.response.socket?.resetAndDestroy()) : pass(exchange)
    }
    const {env} = await network(home, [{kind: nth as Rule['kind'], times: Infinity}], test.onTestFinished)
    const {code, stderr} = await run(command, [...args], env)
    expect(code, stderr).toBe(6)
    expect(stderr).toContain('The state is locked by this very command.')
    expect(stderr).toContain('Nothing was changed. The state is still locked.')
    const [, id] = /fb state unlock ([0-9a-f-]{36}) --env dev/.exec(stderr) ?? []
    expect(stderr).not.toContain('--lock-timeout')
    expect(await home.run('unlock', [id!, '--yes'])).toMatchObject({code: 0})
    expect(await home.locks()).toEqual([])
  })

  it('keeps a state that cannot be saved, for its owner alone, and says how to go on', async (test) => {
    const {home, run} = await up(test)
    let expired = false
    const expiring = (exchange: Exchange) => {
      expired ||= exchange.action === 's3:PutObject' && exchange.path.endsWith('terraform.tfstate')
      if (!expired) return pass(exchange)
      const {response, xml} = exchange
      const json = {__type: 'ExpiredTokenException', message: 'The security token included in the request is expired'}
      const text = `<Error><Code>ExpiredToken</Code><Message>${json.message}</Message></Error>`
      return response
        .writeHead(400, {'content-type': xml ? 'application/xml' : 'application/x-amz-json-1.0'})
        .end(xml ? text : JSON.stringify(json))
    }
    const {env} = await network(home, [{kind: expiring, times: Infinity}], test.onTestFinished)
    const {code, stderr} = await run('up', ['--yes'], env)
    expect(code, stderr).toBe(6)
    const [file] = readdirSync(home.directory).filter((name) => name.startsWith('errored-dev-'))
    expect(statSync(join(home.directory, file!)).mode & 0o777).toBe(0o600)
    expect(stderr).toContain(`it is in ${file}, for you alone to read`)
    const [, id] = /fb state unlock ([0-9a-f-]{36}) --env dev/.exec(stderr) ?? []
    expect(id, stderr).toBeDefined()
    expect(stderr).toContain(`fb state recover ${file} --env dev`)
    expect((await home.run('unlock', [id!, '--yes'])).code).toBe(0)
    expect((await home.run('recover', [file!, '--yes'])).code).toBe(0)
    expect(await names(home)).toEqual(['first', 'second'])
    expect(await run('up', ['--yes'])).toMatchObject({code: 0, stdout: expect.stringContaining('Nothing differs')})
  })
})

describe.skipIf(noTerraformOnMoto).concurrent('fb infra down', () => {
  it('destroys what is there once its name is given, and keeps what it is told to with what that needs', async (test) => {
    const {home, run} = await up(test, {
      resource: {
        terraform_data: {
          first: made('one'),
          second: made('two', {depends_on: ['terraform_data.first']}),
          third: made('three'),
        },
      },
    })
    expect((await run('up', ['--yes'])).code).toBe(0)
    const confirm = ['--confirm', `${home.app}-dev`]
    expect(await run('down', ['--yes'])).toMatchObject({code: 2, stderr: expect.stringContaining(confirm.join(' '))})
    expect((await run('down', ['--confirm', 'other-dev'])).code).toBe(2)
    expect(await run('down', ['--dry-run'])).toMatchObject({code: 0, stdout: expect.stringContaining('3 to destroy')})
    const kept = await run('down', [...confirm, '--keep', 'terraform_data.second', '--json'])
    expect(kept.code, kept.stderr).toBe(0)
    expect(JSON.parse(kept.stdout)).toMatchObject({done: 1, kept: ['terraform_data.second', 'terraform_data.first']})
    expect(await names(home)).toEqual(['first', 'second'])
    const all = await run('down', confirm)
    expect(all).toMatchObject({code: 0, stdout: expect.stringContaining('✔ 2 resources of dev are destroyed')})
    expect(await names(home)).toEqual([])
    expect(await home.locks()).toEqual([])
  })
})
