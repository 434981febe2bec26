import {expect, it} from 'vitest'

import type {Outcome} from '../../src/deploy/outcome.js'
import {type Bounds, holdingScaleIn, type ScalingAws} from '../../src/deploy/scaling.js'
import {FbError, Interrupted} from '../../src/errors.js'
import type {Event, Workflow} from '../../src/events.js'

const outcome = {env: 'dev', result: 'live', next: ['fb status --env dev']} as Outcome

async function* well(): Workflow<Outcome> {
  yield {type: 'done', step: 'verify', detail: ''}
  yield {type: 'start', step: 'bake'}
  return outcome
}

async function* interrupted(): Workflow<Outcome> {
  yield {type: 'start', step: 'install'}
  throw new Interrupted('Detached.')
}

/** An autoscaling that writes down what is asked of it, along with the events of the work. */
async function held(
  work: Workflow<Outcome>,
  more: Partial<ScalingAws> = {},
  bounds: Bounds | undefined = {min: 1, max: 2},
) {
  const log: string[] = []
  const aws: ScalingAws = {
    bounds: async () => bounds,
    holdScaleIn: async (id) => void log.push(`hold ${id}`),
    releaseScaleIn: async () => void log.push('release'),
    ...more,
  }
  const say = (event: Event) =>
    'step' in event ? `${event.type} ${event.step}` : event.type === 'stands' ? event.state : event.type
  const run = holdingScaleIn(aws, 'd-1', work)
  try {
    for (;;) {
      const {done, value} = await run.next()
      if (done) return {log, ended: value}
      log.push(say(value))
    }
  } catch (error) {
    return {log, error}
  }
}

const HELD = 'Deployment d-1 goes on in AWS. Scale-in is still held.'
const FREE = 'Deployment d-1 goes on in AWS.'

it('holds scale-in until the traffic has moved, not until blue is gone', async () => {
  const {log, ended} = await held(well())
  expect(log).toEqual(['hold d-1', HELD, 'done verify', 'release', FREE, 'start bake'])
  expect(ended).toBe(outcome)
})

it('releases it when the work is left', async () => {
  const {log, error} = await held(interrupted())
  expect(log).toEqual(['hold d-1', HELD, 'start install', 'release', FREE])
  expect(error).toBeInstanceOf(Interrupted)
})

it('releases it when nobody listens to the work any more', async () => {
  const log: string[] = []
  const aws = {
    bounds: async () => ({min: 1, max: 2}),
    holdScaleIn: async () => {},
    releaseScaleIn: async () => void log.push('release'),
  }
  const run = holdingScaleIn(aws, 'd-1', interrupted())
  await run.next()
  await run.return(undefined as never)
  expect(log).toEqual(['release'])
})

it('says in the result that it could not be released', async () => {
  const {ended} = await held(well(), {releaseScaleIn: async () => Promise.reject(new FbError('AWS is gone.'))})
  expect(ended).toMatchObject({
    scaleInHeld: 'AWS is gone.',
    next: ['fb status --env dev', 'fb scaling release --env dev'],
  })
})

it('leaves alone what somebody else has suspended, and a service that does not scale', async () => {
  expect((await held(well(), {}, {min: 1, max: 2, hold: {}})).log).not.toContain('hold d-1')
  const {log} = await held(well(), {bounds: async () => undefined})
  expect(log).toEqual(['done verify', 'start bake'])
})

it('takes over what a killed fb has left', async () => {
  expect((await held(well(), {}, {min: 1, max: 2, hold: {deploymentId: 'd-0'}})).log).toContain('hold d-1')
})

it('does not fail a deployment because it may not hold', async () => {
  const {log, ended} = await held(well(), {bounds: async () => Promise.reject(new FbError('Your role may not.'))})
  expect(log).toEqual(['note', 'done verify', 'start bake'])
  expect(ended).toBe(outcome)
})

it('releases what it may have taken although the answer was lost', async () => {
  const lost = Object.assign(new Error('socket hang up'), {code: 'ECONNRESET'})
  const {log} = await held(well(), {holdScaleIn: async () => Promise.reject(lost)})
  expect(log).toContain('release')
})
