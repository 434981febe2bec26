import {expect, it} from 'vitest'

import {type AppliedPlan, appliedText} from '../../src/infra/applied-text.js'
import type {Change} from '../../src/infra/plan.js'
import {canvas} from '../support/canvas.js'

const change = (type: string, action: Change['action'], ...names: string[]): Change => ({
  address: `${type}.one`,
  module: 'ecs',
  type,
  name: 'one',
  action,
  attributes: names.map((name) => ({name})),
})

function saidAfter(changes: Change[], env = 'dev'): string {
  const counts = {create: 0, update: 0, replace: 0, destroy: 0, forget: 0, move: 0, import: 0}
  const result: AppliedPlan = {
    env,
    account: '1',
    region: 'r',
    counts,
    changes,
    done: 1,
    seconds: 5,
    snapshots: [],
    serial: 3,
    outputs: {},
  }
  return appliedText(result, '5s', canvas()).join('\n')
}

const WAITING = 'run as before until the next deployment brings them the change'

it.each([
  ['another task definition', change('aws_ecs_task_definition', 'replace')],
  ['other subnets', change('aws_codedeploy_deployment_group', 'update', 'tags.tasks:subnets')],
])('says that tasks get %s only with a deployment', (_, one) => {
  const said = saidAfter([change('aws_ecs_service', 'update'), one])
  expect(said).toContain(WAITING)
  expect(said).toMatch(/Next +fb deploy --env dev/)
})

it('leads to the first deployment where a service was just made', () => {
  const said = saidAfter([change('aws_ecs_service', 'create'), change('aws_ecs_task_definition', 'create')])
  expect(said).not.toContain(WAITING)
  expect(said).toMatch(/Next +fb deploy --env dev/)
})

it('says nothing of tasks where they have what they should', () => {
  const said = saidAfter([change('aws_codedeploy_deployment_group', 'update', 'alarm_configuration.alarms')])
  expect(said).not.toContain(WAITING)
  expect(said).toMatch(/Next +fb status --env dev/)
})
