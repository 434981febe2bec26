import {DescribeScalableTargetsCommand, RegisterScalableTargetCommand} from '@aws-sdk/client-application-auto-scaling'
import {describe, expect, it, vi} from 'vitest'

import {clientsOf} from '../sandbox/account.js'
import {home} from '../support/fb.js'

const MINUTE = 60_000
const deploy = (tag = '1.1.0', strategy = 'all-at-once') => ['deploy', '--tag', tag, '--strategy', strategy, '--yes']
type Home = ReturnType<typeof home>

/** What an independent client sees of autoscaling. */
async function scaleIn({sandbox}: Home): Promise<'held' | 'free'> {
  const {ScalableTargets} = await clientsOf(sandbox).autoscaling.send(
    new DescribeScalableTargetsCommand({ServiceNamespace: 'ecs'}),
  )
  return ScalableTargets![0]!.SuspendedState!.DynamicScalingInSuspended ? 'held' : 'free'
}

async function document({fb}: Home, ...args: string[]) {
  const {code, stdout} = await fb([...args, '--env', 'sandbox', '--json'])
  return {code, ...JSON.parse(stdout)}
}

/** fb on its way, at the moment when it says `text`. */
async function saying(text: string, {launch}: Home, args: string[]) {
  const {child, said, ended} = launch([...args, '--env', 'sandbox'])
  const seen = vi.waitFor(() => expect(said.stderr).toContain(text), {timeout: 30_000, interval: 5})
  await Promise.race([seen, ended.then(({code}) => Promise.reject(new Error(`ended with ${code}: ${said.stderr}`)))])
  return {child, ended}
}

/** fb deploy, killed at once when it says `text`. Its sandbox stands still from then on. */
async function killedAt(text: string, prepare: (here: Home) => void = () => {}, args = deploy()) {
  const here = home({speed: 60})
  prepare(here)
  const {child, ended} = await saying(text, here, args)
  child.kill('SIGKILL')
  await ended
  here.sandbox.setSpeed(0)
  return {...here, id: here.sandbox.status().deployments[0]!.id}
}

const ROLLBACK = ['rollback', '--yes']

/** A sandbox in which 1.1.0 serves and its predecessor is gone. */
async function replaced() {
  const here = home({speed: 60})
  await document(here, ...deploy(), '--wait', 'started')
  here.sandbox.advance(60 * MINUTE)
  return here
}

describe('scale-in', () => {
  it('is held while the traffic moves, and free afterwards, also when the deployment fails', async () => {
    for (const tag of ['1.1.0', '1.2.2-errors']) {
      const here = home({speed: 60})
      const {ended} = await saying('Start green tasks ...', here, deploy(tag))
      expect(await scaleIn(here)).toBe('held')
      await ended
      expect(await scaleIn(here)).toBe('free')
    }
  })

  it('is held while a rollback deploys its release again, and free afterwards, also after Ctrl-C', async () => {
    for (const ctrlC of [false, true]) {
      const here = await replaced()
      const {child, ended} = await saying('Start green tasks ...', here, ROLLBACK)
      expect(await scaleIn(here)).toBe('held')
      if (ctrlC) child.kill('SIGINT')
      expect(await ended).toMatchObject({
        code: ctrlC ? 130 : 0,
        stderr: expect.not.stringContaining('Scale-in is still'),
      })
      expect(await scaleIn(here)).toBe('free')
    }
  })

  it('is free after Ctrl-C has left the deployment to AWS', async () => {
    const here = home({speed: 60})
    const {child, ended} = await saying('Start green tasks ...', here, deploy())
    child.kill('SIGINT')
    expect(await ended).toMatchObject({code: 130, stderr: expect.not.stringContaining('Scale-in is still held')})
    expect(await scaleIn(here)).toBe('free')
  })
})

describe('after kill -9', () => {
  const phases = [
    {phase: 'while tasks start', text: 'has started 2 tasks', fault: undefined},
    {phase: 'while it waits for approval', text: 'waits for approval until', fault: 'ready-gate'},
    {phase: 'while traffic moves', text: 'Shift production traffic ...', fault: undefined},
    {phase: 'while blue is kept', text: 'Keep blue for the way back, then terminate it ...', fault: undefined},
  ]
  it.each(phases)(
    '$phase: fb status tells all of it, fb watch goes on to the end and frees scale-in',
    async ({text, fault}) => {
      const here = await killedAt(text, ({sandbox}) => fault && sandbox.fault(fault), [
        ...deploy('1.1.0', 'canary'),
        '--wait',
        'complete',
      ])
      const {deployment, tasks} = await document(here, 'status')
      expect(deployment).toMatchObject({id: here.id, release: 4, description: 'fb: deploy 1.1.0 (by you)'})
      const bakes = deployment.blueTerminatesAt !== undefined
      expect(tasks.scaleIn).toEqual(bakes ? undefined : {heldFor: here.id, left: false})
      if (fault) expect(await document(here, 'approve', '--yes')).toMatchObject({code: 0, deploymentId: here.id})
      expect(await document(here, 'watch', '--wait', 'complete')).toMatchObject({
        code: 0,
        result: 'complete',
        release: {number: 4},
        previous: {number: 3},
        deployment: {id: here.id},
      })
      expect(await scaleIn(here)).toBe('free')
    },
  )

  it('fb status says what is still held once the shift is over, and fb scaling release frees it', async () => {
    const here = await killedAt('Start green tasks ...')
    here.sandbox.advance(10 * MINUTE)
    const {stdout} = await here.fb(['status', '--env', 'sandbox'])
    expect(stdout).toContain(
      `scale-in is still held for ${here.id}, whose shift is over: fb scaling release --env sandbox`,
    )
    expect(await document(here, 'scaling', 'release')).toMatchObject({code: 0, result: 'released', heldFor: here.id})
    expect(await scaleIn(here)).toBe('free')
    expect(await document(here, 'scaling', 'release')).toMatchObject({code: 0, result: 'noop'})
  })

  it('the next fb deploy takes the hold over', async () => {
    const here = await killedAt('Start green tasks ...')
    here.sandbox.advance(60 * MINUTE)
    expect(await document(here, ...deploy('1.1.1'))).toMatchObject({code: 0, result: 'live'})
    expect(await scaleIn(here)).toBe('free')
  })
})

describe('after kill -9, fb rollback frees scale-in', () => {
  it('when it stops the deployment that was left', async () => {
    const here = await killedAt('Start green tasks ...')
    expect(await document(here, ...ROLLBACK)).toMatchObject({code: 0, path: 'abort', release: {number: 3}})
    expect(await scaleIn(here)).toBe('free')
  })

  it('when it looks on at the rollback that was left', async () => {
    const here = await replaced()
    const {child, ended} = await saying('Start green tasks ...', here, ROLLBACK)
    child.kill('SIGKILL')
    await ended
    here.sandbox.setSpeed(0)
    expect(await scaleIn(here)).toBe('held')
    expect(await document(here, ...ROLLBACK)).toMatchObject({code: 0, path: 'attach', release: {number: 3}})
    expect(await scaleIn(here)).toBe('free')
  })
})

describe('fb scaling release', () => {
  it('asks before it takes the hold from a deployment under way', async () => {
    const here = await killedAt('Start green tasks ...')
    expect(await document(here, 'scaling', 'release')).toMatchObject({code: 2, error: {code: 'answer_missing'}})
    expect(await scaleIn(here)).toBe('held')
    expect(await document(here, 'scaling', 'release', '--yes')).toMatchObject({code: 0, result: 'released'})
  })

  it('does not take a suspension for fb’s own that somebody else has made, and a deployment leaves it alone', async () => {
    const here = home()
    await clientsOf(here.sandbox).autoscaling.send(
      new RegisterScalableTargetCommand({
        ServiceNamespace: 'ecs',
        ResourceId: 'service/fastapi-bootstrap-sandbox/fastapi-bootstrap-v1-sandbox',
        ScalableDimension: 'ecs:service:DesiredCount',
        SuspendedState: {DynamicScalingInSuspended: true},
      }),
    )
    expect((await document(here, 'status')).tasks.scaleIn).toEqual({left: false})
    expect(await document(here, ...deploy())).toMatchObject({code: 0, result: 'live'})
    expect(await scaleIn(here)).toBe('held')
    expect(await document(here, 'scaling', 'release')).toMatchObject({code: 2, error: {code: 'answer_missing'}})
  })
})
