import {expect, it} from 'vitest'

import {home} from '../support/fb.js'
import {terminal} from '../support/terminal.js'

const tailing = (args: string[], columns = 100) => {
  const here = home({speed: 60})
  return terminal(['logs', 'tail', '--env', 'sandbox', ...args], {...here, columns})
}

it('follows on a terminal, in colours, without health checks, until Ctrl-C, and says what was shown', async () => {
  const {until, press, ended, screen, cells} = tailing(['--since', '30s', '--include', 'items'])
  await until(/^\d\d:\d\d:\d\d\.\d{3} \w{8} INFO {2}GET \/api\/v1\/items 200/)
  const row = cells().find((line) =>
    line
      .map(({text}) => text)
      .join('')
      .includes('INFO  GET /api/v1/items'),
  )!
  expect([row[0]!.dim, row[13]!.colour === undefined, row[22]!.colour]).toEqual([true, false, undefined])
  const match = row.findIndex(
    (_, i) =>
      row
        .slice(i, i + 5)
        .map(({text}) => text)
        .join('') === 'items',
  )
  expect(row[match]!.bold).toBe(true)
  press('ctrl-c')
  expect(await ended).toEqual({code: 130})
  expect(screen()[0]).toMatch(/^▶ v1 · 2 tasks · \/ecs\/fastapi-bootstrap-sandbox · from /)
  expect(screen().join('\n')).not.toContain('/health 200')
  expect(screen().at(-1)).toMatch(/^■ [\d,]+ lines in \d+/)
})

it('ends at once at the second Ctrl-C', async () => {
  const {until, press, ended} = tailing(['--since', '30s'])
  await until(/INFO {2}GET/)
  press('ctrl-c')
  press('ctrl-c')
  expect(await ended).toEqual({code: 130})
})

it('says how far a backlog is read while no line of it comes, and takes that away', async () => {
  const {until, press, ended, screen} = tailing(['--since', '3d', '--include', 'nobody says this'])
  await until(/^catching up (\S+ )?\d\d:\d\d → (\S+ )?\d\d:\d\d \(\d+ %\) · [\d,]+ pages? read$/)
  press('ctrl-c')
  expect(await ended).toEqual({code: 130})
  expect(screen().join('\n')).not.toContain('catching up')
})

it('waits for whoever sits there to log in again, also when the lines go to a program', async () => {
  const here = home({speed: 60})
  const args = ['logs', 'tail', '--env', 'sandbox', '--follow', '--json']
  const {until, press, ended} = terminal(args, {...here, columns: 100, redirect: '1>lines.json'})
  await until(/^▶ v1/)
  here.sandbox.fault('expired-token')
  await until(/Type in another window: aws sso login/)
  here.sandbox.clearFaults()
  await until(/Reading goes on; nothing was missed\./)
  press('ctrl-c')
  expect(await ended).toEqual({code: 130})
})
