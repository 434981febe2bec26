import {describe, expect, it} from 'vitest'

import {namesOf} from '../../src/config/names.js'
import {addresses, documentFor, resource} from '../support/document-for.js'

const two = {v1: {}, v2: {}}

describe('names are those that the other commands compute', () => {
  const document = documentFor({env: 'test', app: 'shop', services: two})

  it.each([
    ['v1', ''],
    ['v2', '_v2'],
  ])('of service %s', (service, end) => {
    const names = namesOf({app: 'shop', env: 'test', service})
    const [container] = containersOf(document, `aws_ecs_task_definition.app${end}`)
    const tasks = resource(document, `aws_ecs_service.app_service${end}`)
    expect(tasks.name).toBe(names.service)
    expect(tasks.load_balancer).toEqual([
      {
        container_name: names.container,
        container_port: 8000,
        target_group_arn: `\${aws_lb_target_group.blue${end}.arn}`,
      },
    ])
    expect(resource(document, `aws_ecs_task_definition.app${end}`).family).toBe(names.family)
    expect(container.name).toBe(names.container)
    expect(container.logConfiguration.options).toEqual({
      'awslogs-group': '${aws_cloudwatch_log_group.app.name}',
      'awslogs-region': 'us-east-1',
      'awslogs-stream-prefix': names.streamPrefix,
    })
  })

  it('of what the services share', () => {
    const names = namesOf({app: 'shop', env: 'test', service: 'v1'})
    expect(resource(document, 'aws_ecs_cluster.main').name).toBe(names.cluster)
    expect(resource(document, 'aws_cloudwatch_log_group.app').name).toBe(names.logGroup)
  })

  it('and the 32 characters that AWS allows are enough for a long one', () => {
    const long = documentFor({env: 'staging', app: 'a-very-long-name-of-an-application'})
    const given = ['aws_lb.main', 'aws_lb_target_group.blue', 'aws_lb_target_group.green'].map(
      (address) => resource(long, address).name as string,
    )
    expect(given.map((name) => name.length <= 32)).toEqual([true, true, true])
    expect(new Set(given).size).toBe(3)
  })
})

describe('before the first deployment', () => {
  const placeholder = (service: object) => containersOf(documentFor({services: {v1: service}}))[0]

  it('a public image answers on the port of the service', () => {
    const {image, environment, portMappings} = placeholder({port: 9090})
    expect(image).toContain('hello-app')
    expect(environment).toContainEqual({name: 'PORT', value: '9090'})
    expect(portMappings).toEqual([{containerPort: 9090, hostPort: 9090, protocol: 'tcp'}])
  })

  it('has no command: fb deploy keeps what it does not know, and the application would get it', () => {
    expect(placeholder({})).not.toHaveProperty('command')
    expect(placeholder({})).not.toHaveProperty('entryPoint')
  })

  it('keeps every revision, as a rollback may go back to it', () => {
    expect(resource(documentFor(), 'aws_ecs_task_definition.app').skip_destroy).toBe(true)
  })
})

describe('sizes', () => {
  it.each([
    ['dev', '256', '512', 1, 1],
    ['test', '256', '512', 1, 1],
    ['prod', '1024', '2048', 1, 2],
  ])('%s: %s units, %s MiB, %i to %i tasks', (env, cpu, memory, min, max) => {
    const document = documentFor({env})
    expect(resource(document, 'aws_ecs_task_definition.app')).toMatchObject({cpu, memory})
    expect(resource(document, 'aws_ecs_service.app_service').desired_count).toBe(min)
    expect(resource(document, 'aws_appautoscaling_target.tasks')).toMatchObject({min_capacity: min, max_capacity: max})
  })

  it('follow the CPU', () => {
    expect(resource(documentFor(), 'aws_appautoscaling_policy.cpu')).toMatchObject({
      name: 'fastapi-bootstrap-v1-dev-cpu',
      target_tracking_scaling_policy_configuration: {
        predefined_metric_specification: {predefined_metric_type: 'ECSServiceAverageCPUUtilization'},
        target_value: 70,
      },
    })
  })

  it('Fargate Spot is a knob', () => {
    const strategyOf = (spot: boolean) =>
      resource(documentFor({knobs: {capacity: {spot}}}), 'aws_ecs_service.app_service').capacity_provider_strategy
    expect(strategyOf(false)).toEqual([{capacity_provider: 'FARGATE', base: 0, weight: 1}])
    expect(strategyOf(true)).toEqual([{capacity_provider: 'FARGATE_SPOT', base: 0, weight: 1}])
  })

  it('hours without tasks are a knob, and an apply in these hours starts nothing', () => {
    const schedule = {stop: 'cron(0 20 * * ? *)', start: 'cron(0 6 ? * MON-FRI *)', timezone: 'Europe/Berlin'}
    const document = documentFor({knobs: {minTasks: 2, maxTasks: 4, capacity: {schedule}}})
    const action = (name: string) => resource(document, `aws_appautoscaling_scheduled_action.${name}`)
    expect(action('stop')).toMatchObject({
      schedule: schedule.stop,
      timezone: 'Europe/Berlin',
      scalable_target_action: {min_capacity: '0', max_capacity: '0'},
    })
    expect(action('start')).toMatchObject({
      schedule: schedule.start,
      scalable_target_action: {min_capacity: '2', max_capacity: '4'},
    })
    expect(resource(document, 'aws_appautoscaling_target.tasks').lifecycle).toEqual({
      ignore_changes: ['min_capacity', 'max_capacity'],
    })
    expect(addresses(documentFor(), 'aws_appautoscaling_scheduled_action')).toEqual([])
  })
})

it('looks closer at what runs where it matters', () => {
  const insights = (env: string) => resource(documentFor({env}), 'aws_ecs_cluster.main').setting
  expect(insights('dev')).toEqual([{name: 'containerInsights', value: 'enabled'}])
  expect(insights('prod')).toEqual([{name: 'containerInsights', value: 'enhanced'}])
})

it('keeps the logs encrypted and as long as the environment says', () => {
  expect(resource(documentFor({env: 'prod'}), 'aws_cloudwatch_log_group.app')).toEqual({
    name: '/ecs/fastapi-bootstrap-prod',
    retention_in_days: 90,
    kms_key_id: '${aws_kms_key.main.arn}',
  })
})

describe('what a deployment changes, a plan right after it leaves alone', () => {
  const document = documentFor({services: two})

  it.each(['app_service', 'app_service_v2'])('in %s', (name) => {
    const {deployment_controller: controller, lifecycle} = resource(document, `aws_ecs_service.${name}`)
    expect(controller).toEqual({type: 'CODE_DEPLOY'})
    expect(lifecycle.ignore_changes).toEqual(
      expect.arrayContaining([
        'task_definition',
        'load_balancer',
        'desired_count',
        'network_configuration',
        'platform_version',
        'capacity_provider_strategy',
      ]),
    )
  })

  it('in every rule that forwards to a service', () => {
    const rules = addresses(document, 'aws_lb_listener_rule').map((address) => resource(document, address))
    expect(rules).toHaveLength(6)
    for (const {lifecycle} of rules) expect(lifecycle).toEqual({ignore_changes: ['action']})
  })

  it('and nothing else forwards: what no rule claims is not found', () => {
    for (const address of addresses(document, 'aws_lb_listener')) {
      const {default_action: action, lifecycle} = resource(document, address)
      expect(action).toEqual([expect.objectContaining({type: 'fixed-response'})])
      expect(lifecycle).toBeUndefined()
    }
  })
})

it('starts the tasks when there is a way to them', () => {
  expect(resource(documentFor(), 'aws_ecs_service.app_service').depends_on).toEqual([
    'aws_lb_listener_rule.production',
    'aws_lb_listener_rule.test',
    'aws_lb_listener_rule.test_by_name',
    'aws_ecs_cluster_capacity_providers.fargate',
  ])
})

function containersOf(document: ReturnType<typeof documentFor>, address = 'aws_ecs_task_definition.app') {
  return JSON.parse(resource(document, address).container_definitions as string)
}
