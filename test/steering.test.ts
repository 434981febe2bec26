import {expect, it} from 'vitest'

import type {SteeringFlags} from '../src/flags.js'
import {Steering} from '../src/steering.js'

const CTRL_C = 130
const TERMINATE = 143

/** Who decides where somebody answers with the last choice there is. */
function steering(flags: Partial<SteeringFlags> = {}) {
  const offered: string[][] = []
  const decide = async (_: string, choices: {value: string}[]) => {
    offered.push(choices.map(({value}) => value))
    return choices.at(-1)!.value
  }
  const means = {
    ask: {possible: true, decide},
    voice: {tell() {}},
    environment: {},
    smokes: [],
  }
  return {offered, who: new Steering(means as never, {approve: 'ask', smoke: [], ...flags} as SteeringFlags)}
}

it('offers to roll back a deployment, and never one that goes back', async () => {
  const {offered, who} = steering()
  for (const goesBack of [false, true]) {
    who.listen()
    who.hears(CTRL_C)
    await who.atInterrupt('d-1', goesBack)
    await who.atGate({deploymentId: 'd-1', tests: [], goesBack} as never, new AbortController().signal)
  }
  expect(offered).toEqual([
    ['watch', 'detach', 'rollback'],
    ['detach', 'approve', 'rollback'],
    ['watch', 'detach'],
    ['detach', 'approve'],
  ])
})

it('leaves one that goes back to AWS also with --on-interrupt rollback', async () => {
  const {who} = steering({'on-interrupt': 'rollback'})
  who.listen()
  who.hears(TERMINATE)
  await expect(who.atInterrupt('d-1', true)).rejects.toMatchObject({code: 'interrupted'})
  who.listen()
  who.hears(TERMINATE)
  expect(await who.atInterrupt('d-1')).toBe('rollback')
})
