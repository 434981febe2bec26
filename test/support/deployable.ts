import {expect} from 'vitest'

import type {StackSettings} from '../../infra/settings.js'
import {autoscaling} from '../../src/aws/autoscaling.js'
import {codedeploy} from '../../src/aws/codedeploy.js'
import {ecs} from '../../src/aws/ecs.js'
import {elb} from '../../src/aws/elb.js'
import {namesOf} from '../../src/config/names.js'
import {planDeploy, type Wanted} from '../../src/deploy/plan.js'
import {DESIGN} from '../../src/deploy/release.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const service = 'v1'

/** fb plans a deployment of what Terraform has made, from what AWS answers alone. */
export async function expectDeployable(settings: StackSettings, places: {aws: string; codedeploy: string}) {
  const {app, account, environment} = settings
  const {name: env, region, deployment, hooks, minTasks: min, maxTasks: max} = environment
  const names = namesOf({app, env, service})
  const credentials = {accessKeyId: 'test', secretAccessKey: 'test'}
  const {signal} = new AbortController()
  const connection = (endpoint: string) => ({region, credentials, endpoint, login: {}, signal})
  const balancer = elb(connection(places.aws))
  const reads = {
    ...withTaskSet(ecs(connection(places.aws), names)),
    ...codedeploy(connection(places.codedeploy), names),
    ...balancer,
  }
  const scene = {env, account, region, service, caller: `arn:aws:iam::${account}:user/ops`, names}
  const plan = await planDeploy(reads, scene, RELEASE)
  expect(plan.strategy.name).toBe(deployment.strategy)
  const [blue = '', green = ''] = plan.targetGroups
  expect([blue, green]).toEqual([expect.stringContaining('-blue/'), expect.stringContaining('-green/')])
  for (const listener of [plan.group.listener, plan.group.testListener!])
    expect(await balancer.weights(listener, plan.targetGroups)).toEqual({[blue]: 100, [green]: 0})
  const events = plan.appSpec.hooks!.flatMap((hook) => Object.keys(hook)).sort()
  const provider = environment.capacity.spot ? 'FARGATE_SPOT' : 'FARGATE'
  expect(plan.appSpec).toMatchObject({
    network: {securityGroups: [expect.stringMatching(/^sg-/)], assignPublicIp: 'DISABLED'},
    capacityProviders: [{provider, base: 0, weight: 1}],
  })
  expect(plan.appSpec.network!.subnets).toHaveLength(3)
  expect(plan.tags[DESIGN]).toContain(`task-definition/${names.family}:`)
  const migration = hooks.migration ? ['BeforeInstall'] : []
  expect(events).toEqual(['AfterAllowTestTraffic', 'AfterAllowTraffic', ...migration])
  expect(await autoscaling(connection(places.aws), names).bounds()).toEqual({min, max})

  /** ECS makes the first task set with the service; moto makes none. */
  function withTaskSet(tasks: ReturnType<typeof ecs>) {
    const first = {id: 'ecs-svc/1', status: 'PRIMARY' as const, container: names.container, targetGroup: ''}
    const counts = {desired: 1, pending: 0, running: 0, port: 8000, capacityProviders: []}
    return {
      ...tasks,
      async service() {
        const made = await tasks.service()
        return {...made, taskSets: [{...first, ...counts, taskDefinition: made.taskDefinition}]}
      },
    }
  }
}

const scan = {status: 'COMPLETE', critical: 0, high: 0}
const RELEASE: Wanted = {
  image: {image: 'shop@sha256:1', digest: 'sha256:1', tag: '1.0.0', scan},
  env: {},
  force: false,
}
