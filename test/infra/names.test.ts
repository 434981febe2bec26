import {describe, expect, it} from 'vitest'

import type {TerraformDocument} from '../../infra/app.js'
import {HOOK_TAG, type Names, namesOf, SHARED} from '../../src/config/names.js'
import {refuseOtherGroup} from '../../src/deploy/refusals.js'
import {configurationName} from '../../src/deploy/strategy.js'
import {addresses, documentFor, resource} from '../support/document-for.js'
import {literal} from '../support/literal.js'

const app = 'shop'
const STACKS = {
  one: documentFor({app, env: 'prod', knobs: {hooks: {migration: 'alembic upgrade head'}}}),
  two: documentFor({app, env: 'prod', services: {v1: {}, v2: {port: 8080}}}),
}
const SHARED_STACK = documentFor({app, env: SHARED})

type Service = {document: TerraformDocument; names: Names; id: (id: string) => string}

const SERVICES: [string, Service][] = [
  ['a lone v1', service(STACKS.one, 'v1')],
  ['v1 beside v2', service(STACKS.two, 'v1')],
  ['v2', service(STACKS.two, 'v2')],
]

function service(document: TerraformDocument, name: string): Service {
  const id = (address: string) => (name === 'v1' ? address : `${address}_${name}`)
  return {document, names: namesOf({app, env: 'prod', service: name}), id}
}

const of = ({document}: Service, address: string) => literal(document, resource(document, address))
const containerIn = (one: Service) =>
  JSON.parse(of(one, one.id('aws_ecs_task_definition.app')).container_definitions)[0]

/** Where a name that other commands compute comes from. Every name there is has its line here. */
const MADE: Record<keyof Names, ((one: Service) => unknown[]) | 'not made by Terraform'> = {
  cluster: (one) => [
    of(one, 'aws_ecs_cluster.main').name,
    of(one, one.id('aws_codedeploy_deployment_group.blue_green')).ecs_service.cluster_name,
  ],
  service: (one) => [
    of(one, one.id('aws_ecs_service.app_service')).name,
    of(one, one.id('aws_codedeploy_deployment_group.blue_green')).ecs_service.service_name,
    of(one, one.id('aws_appautoscaling_target.tasks')).resource_id.split('/')[2],
  ],
  family: (one) => [of(one, one.id('aws_ecs_task_definition.app')).family],
  codedeployApplication: (one) => [
    of(one, one.id('aws_codedeploy_app.app')).name,
    of(one, one.id('aws_codedeploy_deployment_group.blue_green')).app_name,
  ],
  deploymentGroup: (one) => [of(one, one.id('aws_codedeploy_deployment_group.blue_green')).deployment_group_name],
  container: (one) => [
    containerIn(one).name,
    of(one, one.id('aws_ecs_service.app_service')).load_balancer[0].container_name,
  ],
  logGroup: (one) => [
    of(one, 'aws_cloudwatch_log_group.app').name,
    containerIn(one).logConfiguration.options['awslogs-group'],
  ],
  streamPrefix: (one) => [containerIn(one).logConfiguration.options['awslogs-stream-prefix']],
  repository: () => [resource(SHARED_STACK, 'aws_ecr_repository.main').name],
  parameterPath: (one) =>
    addresses(one.document, 'aws_ssm_parameter').map((address) => of(one, address).name.replace(/[^/]+$/, '')),
  kmsKey: (one) => [of(one, 'aws_kms_alias.alias').name],
  stateKey: ({document}) => [(document.terraform as {backend: {s3: {key: string}}}).backend.s3.key],
  backups: 'not made by Terraform',
  taskDefinitionTemplate: 'not made by Terraform',
  appSpecTemplate: 'not made by Terraform',
}

describe.each(SERVICES)('of %s', (_, one) => {
  it.each(Object.entries(MADE).filter(([, made]) => made !== 'not made by Terraform'))(
    'the definition makes what other commands know as %s',
    (name, made) => {
      const found = (made as (one: Service) => unknown[])(one)
      expect(new Set(found)).toEqual(new Set([one.names[name as keyof Names]]))
    },
  )

  it('the group names functions that are there, each by an event that CodeDeploy has', () => {
    const tags: Record<string, string> = of(one, one.id('aws_codedeploy_deployment_group.blue_green')).tags
    const named = Object.entries(tags).filter(([key]) => key.startsWith(HOOK_TAG))
    const made = addresses(one.document, 'aws_lambda_function').map((address) => of(one, address).function_name)
    expect(named.map(([, name]) => name).sort()).toEqual(made.sort())
    expect(LIFECYCLE).toEqual(expect.arrayContaining(named.map(([key]) => key.slice(HOOK_TAG.length))))
  })

  it('the roles may call these functions, and these may report on this group', () => {
    const statements = (role: string) => JSON.parse(of(one, `aws_iam_role_policy.${role}_allowed`).policy).Statement
    const on = (role: string, action: string): string[] =>
      statements(role)
        .filter(({Action}: {Action: string[]}) => Action.includes(action))
        .flatMap(({Resource}: {Resource: string[]}) => Resource)
    const callable = on('codedeploy', 'lambda:InvokeFunction')
    for (const address of addresses(one.document, 'aws_lambda_function'))
      expect(callable).toContain(`arn:aws:lambda:us-east-1:111111111111:function:${of(one, address).function_name}`)
    const {codedeployApplication, deploymentGroup} = one.names
    expect(on('hooks', 'codedeploy:PutLifecycleEventHookExecutionStatus')).toContain(
      `arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:${codedeployApplication}/${deploymentGroup}`,
    )
  })

  it('fb deploy takes the group for what it is', () => {
    const group = of(one, one.id('aws_codedeploy_deployment_group.blue_green'))
    const {prod_traffic_route: production, test_traffic_route: test} = group.load_balancer_info.target_group_pair_info
    const {cluster_name, service_name} = group.ecs_service
    const read = {
      name: group.deployment_group_name,
      listener: production.listener_arns[0],
      service: `${cluster_name}/${service_name}`,
    }
    expect(() => refuseOtherGroup(read as never, one.names)).not.toThrow()
    expect(read.listener).toBe('${aws_lb_listener.production.arn}')
    expect(test.listener_arns).toEqual(['${aws_lb_listener.test.arn}'])
    expect(configurationName(group.deployment_config_name)).toMatch(/^CodeDeployDefault\.ECS/)
    expect(group.alarm_configuration.alarms.length).toBeGreaterThan(0)
    expect(group.auto_rollback_configuration.events).toContain('DEPLOYMENT_FAILURE')
  })

  it('CodeDeploy finds the service behind both listeners by one group of the pair', () => {
    const {load_balancer_info: info} = of(one, one.id('aws_codedeploy_deployment_group.blue_green'))
    const pair = info.target_group_pair_info.target_group.map(({name}: {name: string}) => name)
    const groups = ['blue', 'green'].map((colour) => one.id(`aws_lb_target_group.${colour}`))
    expect(pair).toEqual(groups.map((address) => of(one, address).name))
    expect(new Set(pair).size).toBe(2)
    const service = of(one, one.id('aws_ecs_service.app_service'))
    expect(service.deployment_controller).toEqual({type: 'CODE_DEPLOY'})
    const blue = `\${${groups[0]}.arn}`
    const {target_group_arn, container_port} = service.load_balancer[0]
    expect(target_group_arn).toBe(blue)
    expect(containerIn(one).portMappings).toMatchObject([{containerPort: container_port}])
    for (const rule of ['production', 'test']) {
      const {listener_arn, action} = of(one, one.id(`aws_lb_listener_rule.${rule}`))
      expect([listener_arn, action]).toEqual([
        `\${aws_lb_listener.${rule}.arn}`,
        [{type: 'forward', target_group_arn: blue}],
      ])
    }
  })
})

/** Where a deployment on ECS may call functions (AppSpec reference, "hooks"). */
const LIFECYCLE = ['BeforeInstall', 'AfterInstall', 'AfterAllowTestTraffic', 'BeforeAllowTraffic', 'AfterAllowTraffic']

it('cuts names to what AWS takes: roles, functions, rules of events, load balancers', () => {
  const document = documentFor({app: 'a'.repeat(60), env: 'prod', knobs: {hooks: {migration: 'alembic upgrade head'}}})
  const longest = (type: string, attribute: string) =>
    Math.max(...addresses(document, type).map((one) => resource(document, one)[attribute].length))
  expect(longest('aws_iam_role', 'name')).toBeLessThanOrEqual(64)
  expect(longest('aws_lambda_function', 'function_name')).toBeLessThanOrEqual(64)
  expect(longest('aws_cloudwatch_event_rule', 'name')).toBeLessThanOrEqual(64)
  expect(longest('aws_lb', 'name')).toBeLessThanOrEqual(32)
  expect(longest('aws_lb_target_group', 'name')).toBeLessThanOrEqual(32)
})
