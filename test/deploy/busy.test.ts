import {expect, it} from 'vitest'

import {systemClock} from '../../src/clock.js'
import {type InTheWay, makeWay, type WayAws, wayChoices, wayText} from '../../src/deploy/busy.js'
import type {LifecycleEvent} from '../../src/deploy/service.js'
import {canvas} from '../support/canvas.js'
import {deployment, group, reading} from '../support/deployments.js'

const moved: LifecycleEvent[] = ['Install', 'AllowTraffic', 'AfterAllowTraffic'].map((name) => ({
  name,
  status: 'Succeeded',
  endedAt: new Date(60_000),
}))

const release = (number: number) => ({number, taskDefinitionArn: `app:${number}`, image: `repo:${number}`})
const strategy = {name: 'c', kind: 'all-at-once', percent: 100, everyMinutes: 0} as const

/** A colleague's `fb rollback` from v4 to v3. */
function rollback(lifecycle: LifecycleEvent[] = []): InTheWay {
  const one = deployment('InProgress', {description: 'fb: roll back v4 to v3: errors (by ana)'})
  const underway = {group, strategy, release: release(3), previous: release(4), deploymentId: one.id} as never
  return {found: {underway, deployment: one, past: false, targetGroups: []}, deployment: one, lifecycle}
}

/** What AWS is told when it is to be replaced. */
async function replaced(way: InTheWay) {
  const sent: string[] = []
  const aws: WayAws = {
    stop: async () => Boolean(sent.push('stop')),
    retag: async () => {},
    proceed: async () => Boolean(sent.push('proceed')),
    async *observe() {
      yield reading({deployment: deployment('Succeeded')})
    },
  }
  for await (const _ of makeWay(aws, way, {how: 'replace', deadline: new Date(60_000), by: '1.1.1'}, systemClock));
  return sent
}

const offered = (way: InTheWay) => wayChoices(way).map(({value}) => value)

it('never stops a rollback of fb’s: it says where that goes, and waits', async () => {
  expect(await replaced(rollback())).toEqual([])
  expect(offered(rollback())).toEqual(['wait', 'attach', 'fail'])
  expect(wayText(rollback(), new Date(60_000), canvas())).toContain('  It goes back to v3.')
})

it('ends the wait of one whose traffic has moved', async () => {
  expect(await replaced(rollback(moved))).toEqual(['proceed'])
  expect(offered(rollback(moved))).toContain('replace')
})
