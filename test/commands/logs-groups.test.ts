import {describe, expect, it} from 'vitest'

import {home} from '../support/fb.js'

const groups = (...args: string[]) => ['logs', 'groups', '--env', 'sandbox', ...args]

describe.concurrent('fb logs groups', () => {
  it('shows how long each group keeps what, who writes to it, and what is wrong', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const {code, stdout} = await fb(groups())
    expect(code).toBe(0)
    expect(stdout).toMatch(/^GROUP +SERVICE +RETENTION +STORED +CLASS +KEY\n/)
    expect(stdout).toMatch(/\n\/ecs\/fastapi-bootstrap-sandbox +v1 +1 d +31\.5 MB +standard +own\n/)
    expect(stdout).toMatch(/\n! \/aws\/lambda\/\S+: never expires; /)
    expect(stdout).toContain(
      '! /ecs/fastapi-bootstrap-sandbox: may lack lines of fastapi-bootstrap-v1; its log driver is non-blocking (the default',
    )
  })

  it('shows those of the whole account when asked for', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const [own, all] = await Promise.all([fb(groups('containerinsights', '--json')), fb(groups('--all', '--json'))])
    const names = ({stdout}: {stdout: string}) => JSON.parse(stdout).groups.map(({name}: {name: string}) => name)
    expect(names(own)).toEqual(['/aws/ecs/containerinsights/fastapi-bootstrap-sandbox/performance'])
    expect(names(all)).toHaveLength(4)
    expect(JSON.parse(all.stdout).groups[2]).toMatchObject({retentionDays: 90, class: 'INFREQUENT_ACCESS'})
  })

  it('takes a part of a name, and is JSON for programs', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const {stdout} = await fb(groups('lambda', '--json'))
    expect(JSON.parse(stdout)).toMatchObject({
      groups: [
        {name: expect.stringContaining('lambda'), bytes: 2_811_902, services: [], warnings: [expect.any(String)]},
      ],
      missing: [],
    })
  })

  it('ends with 3 when no name has the text', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const {code, stderr} = await fb(groups('nope'))
    expect({code, stderr}).toEqual({code: 3, stderr: expect.stringContaining("No log group's name contains nope.")})
  })
})
