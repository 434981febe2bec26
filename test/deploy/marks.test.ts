import {expect, it} from 'vitest'

import type {Failure} from '../../src/deploy/diagnose.js'
import type {Mark} from '../../src/deploy/mark.js'
import {toldBy} from '../../src/deploy/rollback-marks.js'
import {stopped} from '../../src/deploy/stop.js'
import {deployment, reading} from '../support/deployments.js'

const failure = (code: string, summary = code): Failure => ({
  code,
  summary,
  evidence: [],
  logs: [],
  changes: [],
  fix: 'see',
})

async function markedAt(cause: Failure): Promise<string[]> {
  const said: string[] = []
  const mark: Mark = async function* (reason) {
    said.push(reason)
    yield {type: 'note', text: ''}
  }
  const aws = {
    async stop() {
      said.push('stop')
      return true
    },
    async *observe() {
      yield reading({deployment: deployment('Stopped')})
    },
  }
  const run = stopped(aws, {deploymentId: 'd-1', deadline: new Date(1), mark}, cause, {now: () => new Date(0)} as never)
  while (!(await run.next()).done);
  return said
}

it('keeps why a deployment is stopped, once it is', async () => {
  expect(await markedAt(failure('smoke', 'the smoke test failed: /health: 500'))).toEqual([
    'stop',
    'smoke test failed: /health: 500',
  ])
  expect(await markedAt(failure('asked'))).toEqual(['stop', 'on request'])
})

it.each([
  [
    'smoke test failed: /health: 500',
    'ops stopped the deployment: smoke test failed: /health: 500',
    'mend that in the new version',
  ],
  ['on request', 'ops stopped the deployment: on request', 'ask ops why'],
  [undefined, 'ops stopped the deployment', 'ask ops why'],
])('says who stopped it instead of somebody: %s', (reason, summary, fix) => {
  expect(toldBy({by: 'ops', reason}, failure('stopped'))).toMatchObject({summary, fix: `${fix}, then deploy again`})
})

it('leaves a cause that the tasks tell', () => {
  expect(toldBy({by: 'ops', reason: 'slow'}, failure('image_pull'))).toEqual(failure('image_pull'))
})
