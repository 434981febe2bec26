import {describe, expect, it} from 'vitest'

import {addresses, documentFor, resource} from '../support/document-for.js'

const prod = documentFor({env: 'prod'})
const alarms = (document: ReturnType<typeof documentFor>) =>
  addresses(document, 'aws_cloudwatch_metric_alarm').map((address) => resource(document, address))
const named = (document: ReturnType<typeof documentFor>, name: string) =>
  alarms(document).find(({alarm_name}) => alarm_name === name)!

it('watches each service, the database and the deployments', () => {
  const service = (name: string) =>
    ['5xx', 'p95', 'unhealthy', 'cpu', 'memory'].map((what) => `fastapi-bootstrap-${name}-prod-${what}`)
  const two = documentFor({env: 'prod', services: {v1: {}, v2: {}}})
  expect(
    alarms(two)
      .map(({alarm_name}) => alarm_name)
      .sort(),
  ).toEqual(
    [
      ...service('v1'),
      ...service('v2'),
      'fastapi-bootstrap-prod-database-cpu',
      'fastapi-bootstrap-prod-database-storage',
      'fastapi-bootstrap-prod-failed-deployments',
    ].sort(),
  )
  expect(alarms(documentFor()).some(({alarm_name}) => alarm_name.includes('database'))).toBe(false)
})

it.each([
  ['cpu', 'CPUUtilization'],
  ['memory', 'MemoryUtilization'],
])('raises an alarm above 85 %% of %s for five minutes', (what, metric) => {
  expect(named(prod, `fastapi-bootstrap-v1-prod-${what}`)).toMatchObject({
    metric_name: metric,
    threshold: 85,
    comparison_operator: 'GreaterThanThreshold',
    period: 60,
    evaluation_periods: 5,
    datapoints_to_alarm: 5,
  })
})

it('tells when alarms begin and end, on a topic under the key of the environment', () => {
  for (const alarm of alarms(prod).filter(({actions_enabled}) => actions_enabled !== false))
    expect([alarm.alarm_actions, alarm.ok_actions]).toEqual([
      ['${aws_sns_topic.alerts.arn}'],
      ['${aws_sns_topic.alerts.arn}'],
    ])
  expect(resource(prod, 'aws_sns_topic.alerts')).toMatchObject({
    name: 'fastapi-bootstrap-prod-alerts',
    kms_master_key_id: '${aws_kms_key.main.arn}',
  })
})

describe('what stops a deployment', () => {
  const {alarm_configuration: watched} = resource(prod, 'aws_codedeploy_deployment_group.blue_green')

  it('is errors, slowness and unhealthy hosts, each quiet without traffic', () => {
    expect(watched.alarms).toEqual(
      ['high_error_rate', 'slow_responses', 'unhealthy_hosts'].map(
        (id) => `\${aws_cloudwatch_metric_alarm.${id}.alarm_name}`,
      ),
    )
    for (const suffix of ['5xx', 'p95', 'unhealthy'])
      expect(named(prod, `fastapi-bootstrap-v1-prod-${suffix}`).treat_missing_data).toBe('notBreaching')
  })

  it('counts both colours, and a few errors only among many requests', () => {
    const {metric_query: queries, threshold} = named(prod, 'fastapi-bootstrap-v1-prod-5xx')
    const [answer, ...metrics] = queries
    expect(threshold).toBe(5)
    expect(answer).toMatchObject({
      return_data: true,
      expression: expect.stringMatching(/^IF\(.+ > 20, 100 \* .+, 0\)$/),
    })
    for (const {id, return_data} of metrics) {
      expect(return_data).toBe(false)
      expect(answer.expression).toContain(id)
    }
    const groups = metrics.map(
      ({metric}: {metric: {dimensions: {TargetGroup?: string}}}) => metric.dimensions.TargetGroup,
    )
    expect(new Set(groups)).toEqual(
      new Set(['${aws_lb_target_group.blue.arn_suffix}', '${aws_lb_target_group.green.arn_suffix}', undefined]),
    )
  })
})

describe('a failed deployment', () => {
  it('of any service is an event that the topic carries in words', () => {
    const two = documentFor({services: {v1: {}, v2: {}}})
    expect(JSON.parse(resource(two, 'aws_cloudwatch_event_rule.deployment_failed').event_pattern).detail).toEqual({
      state: ['FAILURE', 'STOP'],
      application: ['fastapi-bootstrap-v1-dev', 'fastapi-bootstrap-v2-dev'],
    })
    const {arn, input_transformer: told} = resource(two, 'aws_cloudwatch_event_target.deployment_failed_alert')
    expect(arn).toBe('${aws_sns_topic.alerts.arn}')
    const used = [...told.input_template.matchAll(/<(\w+)>/g)].map(([, name]) => name)
    expect(used.sort()).toEqual(Object.keys(told.input_paths).sort())
    expect(JSON.parse(told.input_template)).toContain('fb status --env dev')
  })

  it('raises an alarm, but is told once', () => {
    expect(named(prod, 'fastapi-bootstrap-prod-failed-deployments')).toMatchObject({
      namespace: 'AWS/Events',
      metric_name: 'MatchedEvents',
      dimensions: {RuleName: '${aws_cloudwatch_event_rule.deployment_failed.name}'},
      threshold: 1,
      actions_enabled: false,
    })
  })
})

it('tells those whom fb.yml names', () => {
  const alerts = {emails: ['a@example.com', 'b@example.com'], webhook: 'https://example.com/hook'}
  const told = documentFor({knobs: {alerts}})
  const subscriptions = addresses(told, 'aws_sns_topic_subscription').map((address) => resource(told, address))
  expect(subscriptions.map(({protocol, endpoint}) => [protocol, endpoint])).toEqual([
    ['email', 'a@example.com'],
    ['email', 'b@example.com'],
    ['https', 'https://example.com/hook'],
  ])
  expect(addresses(prod, 'aws_sns_topic_subscription')).toEqual([])
})

describe('dashboards', () => {
  const bodies = addresses(prod, 'aws_cloudwatch_dashboard').map((address) => resource(prod, address))

  it('are three', () => {
    expect(bodies.map(({dashboard_name}) => dashboard_name)).toEqual(
      ['service-health', 'performance', 'cost'].map((name) => `fastapi-bootstrap-prod-${name}`),
    )
  })

  it('have widgets that do not overlap, each with a title and something to show', () => {
    for (const {dashboard_body} of bodies) {
      const {widgets} = JSON.parse(dashboard_body)
      const places = widgets.map(({x, y}: {x: number; y: number}) => `${x} ${y}`)
      expect(new Set(places).size).toBe(widgets.length)
      for (const {properties} of widgets) {
        expect(properties.title).toBeTruthy()
        expect(properties.metrics?.length ?? properties.alarms?.length ?? properties.query.length).toBeGreaterThan(0)
      }
    }
  })

  it('look for the bill where AWS keeps it', () => {
    const {widgets} = JSON.parse(bodies.at(-1)!.dashboard_body)
    const bill = widgets.filter((widget: object) => JSON.stringify(widget).includes('AWS/Billing'))
    expect(bill.length).toBeGreaterThan(0)
    for (const {properties} of bill) expect(properties.region).toBe('us-east-1')
  })
})
