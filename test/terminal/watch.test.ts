import {describe, expect, it} from 'vitest'

import {home} from '../support/fb.js'
import {type Opened, terminal} from '../support/terminal.js'

const deploy = (tag: string, ...more: string[]) => ['deploy', '--env', 'sandbox', '--tag', tag, '--yes', ...more]

/** A sandbox fast enough to see a deployment go by, slow enough to be interrupted in it. */
const watching = (args: string[], {speed = 300, ...more}: Partial<Opened> & {speed?: number} = {}) => {
  const here = home({speed})
  return {...here, ...terminal(args, {...here, ...more, env: {...here.env, ...more.env}})}
}

describe('the live screen', () => {
  it('shows steps, both sides, what comes next, and leaves the list and the verdict', async () => {
    const {until, ended, screen, visible} = watching(deploy('1.1.0'))
    await until(/Next +\d+ % on green in/)
    expect(visible().join('\n')).toMatch(
      /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Shift production traffic[\s\S]*Blue +v3 +█+░+ [\s\S]*Green +v4 +█+░+ [\s\S]*Alarms 2 OK/,
    )
    expect(await ended).toEqual({code: 0})
    const text = screen().join('\n')
    expect(text).not.toMatch(/Blue +v3|since the start/)
    expect(text).toMatch(/✔ Check after the shift.*\n\n✔ v4 \(1\.1\.0\) is live in sandbox/)
  })

  for (const columns of [40, 80, 200]) {
    for (const [tag, code] of Object.entries({'1.1.0': 0, '1.2.2-errors': 9})) {
      it(`leaves no old frame and no line that is too long on ${columns} columns: ${tag}`, async () => {
        const args = deploy(tag)
        const {ended, screen, wrapped, cursorVisible} = watching(args, {columns, rows: 24, speed: 0})
        expect(await ended).toEqual({code})
        // A word longer than the line, such as an ARN, stays whole: a person copies it.
        expect(wrapped().filter((line) => !/ \S{20,}$/.test(line))).toEqual([])
        for (const step of ['Register release 4', 'Start the deployment', 'Shift production traffic'])
          expect(screen().filter((line) => line.includes(step))).toHaveLength(1)
        expect(screen().join('\n')).not.toMatch(/[█░⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/)
        expect(cursorVisible()).toBe(true)
      })
    }
  }

  it('keeps the picture and the running step on a screen shorter than the list', async () => {
    const {until, visible, ended, screen} = watching(deploy('1.1.0'), {rows: 8, columns: 80})
    const whole = /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Shift production traffic\n\n +Blue.*\n +Green.*\n +Time.*\n +Next.*\n +Alarms 2 OK$/
    await until(() => whole.test(visible().join('\n')))
    expect(await ended).toEqual({code: 0})
    for (const step of ['Register release 4', 'Shift production traffic'])
      expect(screen().filter((line) => line.includes(step))).toHaveLength(1)
    expect(screen().filter((line) => /Blue +v3/.test(line))).toEqual([])
  })

  it('draws a frame in place with one bounded write and never clears the screen', async () => {
    const {ended, raw} = watching(deploy('1.1.0'), {columns: 80, rows: 24})
    await ended
    expect(raw()).not.toMatch(/\u001b\[2J|\u001b\[3J|\u001b\[H|\u001bc|\u001b\[2K|\u001b\[\?1049h/)
    const frames = raw().split(/\r\u001b\[\d+A/)
    expect(frames.length).toBeGreaterThan(10)
    expect(Math.max(...frames.slice(1, -1).map((frame) => frame.length))).toBeLessThan(2500)
    for (const frame of frames.slice(1, -1)) expect(frame).toMatch(/\u001b\[J$/)
  })
})

describe('Ctrl-C during the watch', () => {
  const asked = async () => {
    const watched = watching(deploy('1.1.0'), {speed: 20, columns: 80})
    await watched.until('Green')
    watched.press('ctrl-c')
    await watched.until('❯ keep watching')
    return watched
  }

  it('asks what becomes of the deployment, below what is done', async () => {
    const {visible, sandbox} = await asked()
    const {id} = sandbox.status().deployments[0]!
    expect(visible().join('\n')).toMatch(
      new RegExp(
        `✔ Start the deployment +${id}\n\\? ${id} goes on in AWS\\.\n❯ keep watching\n  detach .*\n  roll back now `,
      ),
    )
    expect(visible().join('\n')).not.toMatch(/[█░]|Start green tasks|\^C/)
  })

  it('goes on where it was when somebody keeps watching, and can be asked again', async () => {
    const {until, press, screen} = await asked()
    press('enter')
    await until(/goes on in AWS\. keep watching\n[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Start green tasks[\s\S]*Green/)
    expect(screen().filter((line) => line.includes('Register release 4'))).toHaveLength(1)
    press('ctrl-c')
    await until('❯ keep watching')
  })

  it('a second one detaches: 130, the deployment goes on, and the next commands are said', async () => {
    const {press, ended, screen, sandbox, cursorVisible} = await asked()
    press('ctrl-c')
    expect(await ended).toEqual({code: 130})
    const {id, status} = sandbox.status().deployments[0]!
    expect(status).toBe('InProgress')
    const text = screen().join('\n')
    expect(text).toMatch(/^■ Detached\.$/m)
    expect(text).toContain(`State  Deployment ${id} goes on in AWS.`)
    expect(text).toContain(`fb watch ${id} --env sandbox`)
    expect(text).not.toMatch(/✖|\^C|❯/)
    expect(cursorVisible()).toBe(true)
  })

  it.each([
    ['the end of the input', '\u0004'],
    ['detach', '\u001b[B\r'],
  ])('%s detaches too', async (_, keys) => {
    const {type, ended, sandbox} = await asked()
    type(keys)
    expect(await ended).toEqual({code: 130})
    expect(sandbox.status().deployments[0]!.status).toBe('InProgress')
  })

  it('rolls back when told to, and waits until the old version serves', async () => {
    const {type, ended, screen, sandbox} = await asked()
    sandbox.setSpeed(300)
    type('\u001b[B\u001b[B\r')
    expect(await ended).toEqual({code: 9})
    expect(screen().join('\n')).toMatch(
      /✔ Stop the deployment .*\n✔ Return all traffic to v3 .*\n\n✖ v4 \(1\.1\.0\) was not deployed to sandbox: it was rolled back on request\./,
    )
  })
})

describe('the cursor', () => {
  it('is visible again after AWS has refused', async () => {
    const here = home()
    here.sandbox.fault('access-denied:CreateDeployment')
    const {ended, cursorVisible, screen} = terminal(deploy('1.1.0'), here)
    expect(await ended).toEqual({code: 4})
    expect(cursorVisible()).toBe(true)
    expect(screen().join('\n')).toMatch(/✖ Start the deployment$/m)
  })

  it('is visible again after a SIGTERM', async () => {
    const {until, kill, ended, cursorVisible} = watching(deploy('1.1.0'), {speed: 60})
    await until('Green')
    kill('SIGTERM')
    expect(await ended).toEqual({code: 143})
    expect(cursorVisible()).toBe(true)
  })
})

describe('fb status --watch', () => {
  it('redraws in place and ends at Ctrl-C', async () => {
    const {until, press, ended, screen, fb, raw, cursorVisible} = watching(['status', '--env', 'sandbox', '--watch'])
    await until(/ is healthy/)
    await fb(deploy('1.1.0', '--wait', 'started'))
    await until(/ is deploying/)
    press('ctrl-c')
    expect(await ended).toEqual({code: 130})
    expect(screen().filter((line) => line.includes('Task sets'))).toHaveLength(1)
    expect(screen().join('\n')).not.toContain(' is healthy')
    expect(raw()).not.toContain('\u001b[2J')
    expect(cursorVisible()).toBe(true)
  })

  it('keeps the last picture while a read fails, and says since when and why', async () => {
    const {until, press, ended, sandbox} = watching(['status', '--env', 'sandbox', '--watch'])
    await until(/ is healthy/)
    sandbox.fault('access-denied:DescribeScalableTargets')
    await until(/^! last read \d+[sm] ago: Your role may not .*, trying[^\n]*\n\n[\s\S]* is healthy/)
    sandbox.clearFaults()
    await until((rows) => !rows.join().includes('last read'))
    press('ctrl-c')
    expect(await ended).toEqual({code: 130})
  })

  it('goes on in place when the terminal is resized', async () => {
    // A picture every 300 ms: none is on its way while the terminal changes its size.
    const {until, press, resize, ended, screen} = watching(['status', '--env', 'sandbox', '--watch'], {speed: 30})
    const settled = (width: number) => (rows: string[]) =>
      rows.every((row) => row.length <= width) && rows.some((row) => row.includes('Releases'))
    await until(/ is healthy/)
    for (const [columns, rows] of [
      [60, 30],
      [90, 24],
      [44, 40],
      [120, 40],
    ] as const) {
      resize(columns, rows)
      await until(settled(columns))
      await until((lines) => lines.filter((line) => line.includes('Task sets')).length === 1)
    }
    press('ctrl-c')
    expect(await ended).toEqual({code: 130})
    expect(screen().filter((line) => line.includes('Scaling'))).toHaveLength(1)
  })
})
