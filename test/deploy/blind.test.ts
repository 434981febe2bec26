import {expect, it} from 'vitest'

import {manual} from '../sandbox/account.js'
import {adaptersOf, deployed} from '../support/deployed.js'

/** An account whose role may start deployments, but not look at them. */
function blind(fault?: string) {
  const sandbox = manual()
  if (fault) sandbox.fault(fault)
  const aws = adaptersOf(sandbox)
  const deployment = async (): Promise<never> => {
    throw Object.assign(new Error('not authorized to perform: codedeploy:GetDeployment'), {
      name: 'AccessDeniedException',
      $metadata: {},
    })
  }
  return {sandbox, aws: {...aws, deployment}}
}

it('ends when the listener and ECS say that the traffic has moved, though CodeDeploy may not be read', async () => {
  const {sandbox, aws} = blind()
  const since = sandbox.clock.now().getTime()
  const {outcome, notes} = await deployed(sandbox, {aws})
  expect(outcome).toMatchObject({result: 'live', exitCode: 0, traffic: {blue: 0, green: 100}})
  expect(notes.at(-1)).toMatch(/^CodeDeploy may not be read/)
  expect(sandbox.clock.now().getTime() - since).toBeLessThan(15 * 60_000)
})

it('still stops one that cannot live, and says that the old version serves', async () => {
  const {sandbox, aws} = blind('bad-image')
  const {outcome} = await deployed(sandbox, {aws})
  expect(outcome).toMatchObject({result: 'rolled_back', exitCode: 9, failure: {code: 'image_pull'}})
})
