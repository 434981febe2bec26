import {describe, expect, it} from 'vitest'

import {namesOf} from '../../src/config/names.js'
import {documentFor, resource} from '../support/document-for.js'

const groupOf = (wanted: Parameters<typeof documentFor>[0] = {}, name = 'blue_green') =>
  resource(documentFor(wanted), `aws_codedeploy_deployment_group.${name}`)

it.each([
  ['v1', ''],
  ['v2', '_v2'],
])('gives the application and the group of %s the names that fb deploy computes', (service, end) => {
  const names = namesOf({app: 'shop', env: 'test', service})
  const document = documentFor({app: 'shop', env: 'test', services: {v1: {}, v2: {}}})
  expect(resource(document, `aws_codedeploy_app.app${end}`)).toEqual({
    name: names.codedeployApplication,
    compute_platform: 'ECS',
  })
  expect(resource(document, `aws_codedeploy_deployment_group.blue_green${end}`)).toMatchObject({
    app_name: `\${aws_codedeploy_app.app${end}.name}`,
    deployment_group_name: names.deploymentGroup,
  })
})

it('deploys blue/green: the service, its pair of target groups, and both listeners', () => {
  expect(groupOf({services: {v1: {}, v2: {}}}, 'blue_green_v2')).toMatchObject({
    deployment_style: {deployment_option: 'WITH_TRAFFIC_CONTROL', deployment_type: 'BLUE_GREEN'},
    ecs_service: {
      cluster_name: '${aws_ecs_cluster.main.name}',
      service_name: '${aws_ecs_service.app_service_v2.name}',
    },
    load_balancer_info: {
      target_group_pair_info: {
        prod_traffic_route: {listener_arns: ['${aws_lb_listener.production.arn}']},
        test_traffic_route: {listener_arns: ['${aws_lb_listener.test.arn}']},
        target_group: [{name: '${aws_lb_target_group.blue_v2.name}'}, {name: '${aws_lb_target_group.green_v2.name}'}],
      },
    },
  })
})

it('tells deployments what tasks are to run with: that is not to be had from the service', () => {
  expect(groupOf({services: {v1: {}, v2: {}}, knobs: {capacity: {spot: true}}}, 'blue_green_v2').tags).toMatchObject({
    'tasks:definition': '${aws_ecs_task_definition.app_v2.arn}',
    'tasks:subnets': '${aws_subnet.private_a.id} ${aws_subnet.private_b.id} ${aws_subnet.private_c.id}',
    'tasks:security-groups': '${aws_security_group.service.id}',
    'tasks:capacity-provider': 'FARGATE_SPOT',
  })
})

describe('pace', () => {
  it.each([
    ['dev', 'CodeDeployDefault.ECSAllAtOnce', 5],
    ['prod', 'CodeDeployDefault.ECSCanary10Percent5Minutes', 60],
  ])('of %s: %s, the old version stays for %i minutes', (env, strategy, minutes) => {
    expect(groupOf({env})).toMatchObject({
      deployment_config_name: strategy,
      blue_green_deployment_config: {
        deployment_ready_option: {action_on_timeout: 'CONTINUE_DEPLOYMENT'},
        terminate_blue_instances_on_deployment_success: {
          action: 'TERMINATE',
          termination_wait_time_in_minutes: minutes,
        },
      },
    })
  })

  it('waits for a person who is told, where one has to approve', () => {
    const group = groupOf({knobs: {deployment: {approvalMinutes: 30}}})
    expect(group.blue_green_deployment_config.deployment_ready_option).toEqual({
      action_on_timeout: 'STOP_DEPLOYMENT',
      wait_time_in_minutes: 30,
    })
    expect(group.trigger_configuration[0].trigger_events).toContain('DeploymentReady')
  })
})

it('rolls back by itself when a deployment fails or an alarm stops it, and says so', () => {
  const group = groupOf()
  expect(group.auto_rollback_configuration).toEqual({
    enabled: true,
    events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
  })
  expect(group.trigger_configuration).toEqual([
    expect.objectContaining({trigger_name: 'alerts', trigger_events: ['DeploymentRollback']}),
  ])
})

it.each(['dev', 'prod'])('is stopped by alarms in %s', (env) => {
  const {alarm_configuration: configuration} = groupOf({env})
  expect(configuration.enabled).toBe(true)
  expect(configuration.alarms.length).toBeGreaterThan(0)
  // CreateDeploymentGroup refuses more.
  expect(configuration.alarms.length).toBeLessThanOrEqual(10)
})
