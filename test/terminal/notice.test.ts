import {expect, it} from 'vitest'

import {home} from '../support/fb.js'
import {terminal} from '../support/terminal.js'

const HOUR = 3_600_000
const deploy = (tag: string) => ['deploy', '--env', 'sandbox', '--tag', tag, '--yes']

/** A sandbox that is fast until a person is asked; then it runs no faster than they can read. */
const watching = (args: string[], {speed = 60, rows = 24} = {}) => {
  const here = home({speed})
  return {...here, ...terminal(args, {...here, columns: 80, rows})}
}

const NOTICE =
  /^ +Cause +the image cannot be pulled: fastapi-bootstrap:1\.2\.3-missing\n +Stop +fb stops it in \d+s · press k to let it go on$/

it('shows the cause while it runs, and a key keeps the deployment going', async () => {
  const {until, type, ended, sandbox, screen} = watching(deploy('1.2.3-missing'))
  await until(NOTICE)
  type('k')
  await until(/It goes on: fb does not stop it any more\./)
  expect(sandbox.status().deployments[0]!.status).toBe('InProgress')
  sandbox.advance(HOUR)
  expect(await ended).toEqual({code: 9})
  expect(screen().join('\n')).not.toContain('fb stopped it')
})

it('is answered by Ctrl-C too: the deployment is not stopped, and the terminal is as it was', async () => {
  const {until, press, ended, sandbox, raw, cursorVisible} = watching(deploy('1.2.3-missing'))
  await until(NOTICE)
  press('ctrl-c')
  await until(/keep watching[\s\S]*detach[\s\S]*roll back now/)
  press('ctrl-c')
  expect(await ended).toEqual({code: 130})
  expect(sandbox.status().deployments[0]!.status).toBe('InProgress')
  expect(raw()).not.toContain('^C')
  expect(cursorVisible()).toBe(true)
})

it('shows all of the outcome on a screen of 24 lines, the cause at its top', async () => {
  for (const tag of ['1.2.0-crash', '1.2.1-unhealthy', '1.2.3-missing']) {
    const {ended, visible} = watching(deploy(tag), {speed: 0})
    expect(await ended).toEqual({code: 9})
    const text = visible().join('\n')
    expect(text).toMatch(new RegExp(`✖ v4 \\(${tag}\\) failed in sandbox: `))
    expect(text.replace(/\s+/g, ' ')).toMatch(/fb stopped it after (\d+m)?\d+s/)
    expect(text).toContain('fb releases info 4 --env sandbox')
  }
})
