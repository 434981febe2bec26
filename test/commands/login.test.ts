import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'

import {openSandbox} from '../../src/sandbox/sandbox.js'
import {faultProxy, type Rule} from '../support/fault-proxy.js'
import {home} from '../support/fb.js'

const LOGIN = '{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b"}'

/** An account behind a login of its own, as a company has it, which counts how often it is asked for. */
async function account(rules: Rule[] = []) {
  const {directory, fb} = home()
  const count = join(directory, 'logins')
  const login = join(directory, 'login')
  writeFileSync(login, `#!/bin/sh\necho once >> ${count}\necho '${LOGIN}'\n`)
  chmodSync(login, 0o700)
  mkdirSync(join(directory, '.aws'))
  writeFileSync(join(directory, '.aws/config'), `[profile ops]\ncredential_process = ${login}\n`)
  writeFileSync(join(directory, 'fb.yml'), 'environments:\n  prod: {account: "000000000000", profile: ops}\n')
  const sandbox = openSandbox({file: join(directory, 'prod.json'), env: 'prod'})
  sandbox.reset({speed: 600})
  const {url, close} = await faultProxy(sandbox, rules)
  onTestFinished(close)
  return {
    fb: (...args: string[]) => fb([...args, '--env', 'prod'], {AWS_ENDPOINT_URL: url}),
    logins: () => (existsSync(count) ? readFileSync(count, 'utf8').split('\n').length - 1 : 0),
  }
}

describe('fb logs in', () => {
  it.each([['status'], ['releases'], ['deploy', '--tag', '1.1.0', '--yes', '--wait', 'started']])(
    'once for all the services it asks: %s',
    async (...args) => {
      const {fb, logins} = await account()
      const {code, stderr} = await fb(...args)
      expect({code, logins: logins()}, stderr).toEqual({code: 0, logins: 1})
    },
  )

  it('again when the session has expired meanwhile', async () => {
    const {fb, logins} = await account([{kind: 'session expired', operation: 'ecs:DescribeServices'}])
    const {code, stderr} = await fb('status')
    expect({code, logins: logins()}, stderr).toEqual({code: 0, logins: 2})
  })

  it('with a profile that exists, or says that it does not', async () => {
    const {fb} = await account()
    const {code, stderr} = await fb('status', '--profile', 'opps')
    expect(code).toBe(4)
    expect(stderr).toContain('There is no AWS profile opps with credentials.')
    expect(stderr).toContain('aws configure list-profiles')
  })
})
