import {DeleteObjectCommand} from '@aws-sdk/client-s3'
import {describe, expect, it, type TestContext} from 'vitest'

import {noMoto} from '../support/moto.js'
import {network} from '../support/moto-network.js'
import {md5, stateHome} from '../support/state-home.js'
import {stateBytes} from '../support/states.js'

const BYTES = stateBytes({serial: 7, resources: {'aws_vpc.main': {id: 'vpc-1'}}})

async function prepared({onTestFinished}: TestContext, bytes: Buffer | string = BYTES) {
  const home = await stateHome({onFinished: onTestFinished})
  await home.putState(BYTES)
  if (bytes !== BYTES) await home.put(home.key, bytes)
  return home
}

describe.skipIf(noMoto)('a state in trouble', {concurrent: true}, () => {
  it('is read while the lock table cannot be', async (test) => {
    const home = await prepared(test)
    const {env} = await network(
      home,
      [{operation: 'dynamodb:', kind: 'not allowed', times: Infinity}],
      test.onTestFinished,
    )
    const warning = expect.stringMatching(/^! The digest of the state was not checked\. .*\n$/)
    expect(await home.run('list', [], env)).toEqual({code: 0, stdout: 'aws_vpc.main\n', stderr: warning})
    expect(await home.run('pull', [], env)).toEqual({code: 0, stdout: String(BYTES), stderr: warning})
    expect(await home.run('show', ['aws_vpc.main'], env)).toMatchObject({code: 0, stderr: warning})
    expect(await home.run('diff', ['current'], env)).toMatchObject({code: 0, stderr: warning})
    expect(await home.run('backup', [], env)).toMatchObject({code: 0})
    expect(await home.run('backups', [], env)).toMatchObject({code: 0})
    expect(await home.run('rm', ['aws_vpc.main', '--dry-run'], env)).not.toMatchObject({code: 0})
  })

  it('says what to go back to when it is broken, and can still be looked at', async (test) => {
    const home = await prepared(test, '{"version": 4, "ser')
    for (const [command, ...args] of [['list'], ['show', 'aws_vpc.main'], ['backup'], ['diff', 'current']]) {
      const {code, stderr} = await home.run(command!, args)
      expect({code, stderr}, command).toEqual({code: 1, stderr: expect.stringContaining('broken at byte')})
      expect(stderr, command).toMatch(/fb state backups.*\n.*fb state restore/)
    }
    const pulled = await home.run('pull')
    expect(pulled).toMatchObject({code: 0, stdout: '{"version": 4, "ser'})
    expect(pulled.stderr).toContain('is not a Terraform state')
    const json = await home.run('pull', ['--json'])
    expect({code: json.code, document: JSON.parse(json.stdout)}).toMatchObject({
      code: 1,
      document: {error: {code: 'bad_state'}},
    })
  })

  it('is restored when it was deleted, and its digest is nobody’s to mend', async (test) => {
    const home = await prepared(test)
    await home.s3.send(new DeleteObjectCommand({Bucket: home.bucket, Key: home.key}))
    const list = await home.run('list')
    expect(list).toMatchObject({code: 3, stderr: expect.stringMatching(/The state was deleted at \d{4}-/)})
    const [, version] = /fb state restore (\S+) --env dev/.exec(list.stderr)!
    const lock = await home.run('lock')
    expect(lock.stdout).toMatch(/The state was deleted at/)
    expect(lock.stdout).toContain(`fb state restore ${version} --env dev`)
    const unlock = await home.run('unlock', ['--yes'])
    expect(unlock).toMatchObject({code: 0, stdout: expect.stringContaining(`fb state restore ${version} --env dev`)})
    expect(await home.digest()).toBe(md5(BYTES))
    expect(await home.restore(version!)).toMatchObject({code: 0})
    expect(await home.lockStatus()).toMatchObject({digest: 'matches'})
  })
})
