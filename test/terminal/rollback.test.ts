import {expect, it} from 'vitest'

import {home} from '../support/fb.js'
import {terminal} from '../support/terminal.js'

/** `fb rollback` on a terminal, so long after a deployment of 1.1.0 over v3 has begun. */
async function afterwards(minutes: number, size: {columns?: number; rows?: number} = {}) {
  const here = home()
  const args = ['deploy', '--env', 'sandbox', '--tag', '1.1.0', '--yes', '--wait', 'started']
  expect(await here.fb(args)).toMatchObject({code: 0})
  here.sandbox.advance(minutes * 60_000)
  return {...here, ...terminal(['rollback', '--env', 'sandbox'], {...here, ...size})}
}

it('lets a person pick a good release: age, how long it ran, image, who; the one that still runs first', async () => {
  const {until, press, type, ended, screen} = await afterwards(20)
  await until('❯ v3')
  const rows = screen().filter((row) => /^[❯ ] v\d/.test(row))
  expect(rows).toEqual([
    expect.stringMatching(/^❯ v3 +1\.0\.0 +live \dd ago +ran \dd +maria +still runs$/),
    expect.stringMatching(/^ {2}v1 +0\.9\.0 +live \dd ago +ran \dd +maria +first release$/),
  ])
  press('enter')
  await until(/Roll v4 back to v3 in sandbox\? \(y\/N\)/)
  const plan = screen().join('\n')
  expect(plan).toMatch(/^Now +v4 \(1\.1\.0\) has all the traffic, deployed 20m ago by you/m)
  expect(plan).toMatch(/^Back to +v3 \(1\.0\.0\), ran \dd, by maria, its tasks still run$/m)
  expect(plan).toMatch(/^Path +INSTANT {2}about 20 s$/m)
  expect(plan).toMatch(/^ +The old tasks end at \d\d:\d\d, in \dm\d\ds\.$/m)
  expect(plan).toMatch(/^Stays +the database schema/m)
  type('y\r')
  expect(await ended).toEqual({code: 0})
  expect(screen().join('\n')).toMatch(/^✔ sandbox is on v3 \(1\.0\.0\) again, with all the traffic: v4/m)
})

it('says before it offers to go further back that the last release is rolled back already', async () => {
  const here = home()
  const args = ['deploy', '--env', 'sandbox', '--tag', '1.1.0', '--yes', '--wait', 'started']
  await here.fb(args)
  here.sandbox.advance(60_000)
  await here.fb(['rollback', '--env', 'sandbox', '--yes'])
  const {until, screen} = terminal(['rollback', '--env', 'sandbox'], here)
  await until('❯ v1')
  const said =
    /v4, deployed \dm ago, is rolled back already: v3 \(1\.0\.0\) serves\.\n\n\? Further back, to which release\?/
  expect(screen().join('\n')).toMatch(said)
})

it('asks for nothing but a yes while no traffic has moved', async () => {
  const {until, press, ended, screen, sandbox} = await afterwards(0.5)
  await until(/Stop v4 and stay on v3 in sandbox\? \(y\/N\)/)
  expect(screen().join('\n')).toMatch(/^Path +ABORT {2}about 10 s$/m)
  expect(screen().join('\n')).not.toContain('Back to which release?')
  press('enter')
  expect(await ended).toEqual({code: 7})
  expect(sandbox.status().deployments[0]).toMatchObject({status: 'InProgress'})
})

it('shows the whole plan and the question on 80 columns and 24 rows', async () => {
  const {until, press, visible, wrapped} = await afterwards(60, {columns: 80, rows: 24})
  await until('❯ v3')
  press('enter')
  await until(/\(y\/N\)/)
  const rows = visible()
  for (const title of ['Now', 'Back to', 'Path', 'Changes', 'Stays', 'Alarms'])
    expect(rows.some((row) => row.startsWith(title))).toBe(true)
  expect(wrapped()).toEqual([])
})

it('shows what would forge a row of the list, or a line of the plan, escaped', async () => {
  const here = home()
  for (const tag of ['1.1.0', '1.1.1']) {
    const message = `${tag}\u001b[2J\u202egnp`
    await here.fb(['deploy', '--env', 'sandbox', '--tag', tag, '--yes', '--wait', 'started', '--message', message])
    here.sandbox.advance(40 * 60_000)
  }
  const {until, press, raw} = terminal(['rollback', '--env', 'sandbox'], here)
  await until('❯ v4')
  press('enter')
  await until(/\(y\/N\)/)
  for (const tag of ['1.1.0', '1.1.1']) expect(raw()).toContain(`${tag}\\u001b[2J\\u202egnp`)
  expect(raw()).not.toMatch(/\u001b\[2J|\u202e/)
})
