import {CloudwatchEventRule} from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js'
import {CloudwatchEventTarget} from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js'
import {CloudwatchMetricAlarm} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js'
import {Construct} from 'constructs'

import {namesOf} from '../../../src/config/names.js'
import {short} from '../../names.js'
import type {StackSettings} from '../../settings.js'
import type {Watched} from '../monitoring.js'

/** CodeDeploy has no metric of its failures, but it sends an event of each: that is told, and counted by an alarm. */
export class FailedDeployments extends Construct {
  readonly alarmArn: string

  constructor(scope: Construct, {settings}: Watched, topicArn: string) {
    super(scope, 'failed_deployments')
    const {app, environment} = settings
    const name = short(`${app}-${environment.name}-failed-deployments`, 64)
    const rule = new CloudwatchEventRule(this, 'deployment_failed', {name, eventPattern: pattern(settings)})
    new CloudwatchEventTarget(this, 'deployment_failed_alert', {
      rule: rule.name,
      arn: topicArn,
      inputTransformer: message(environment.name),
    })
    this.alarmArn = new CloudwatchMetricAlarm(this, 'failed_deployments', {
      alarmName: name,
      alarmDescription: 'A deployment failed or was stopped',
      namespace: 'AWS/Events',
      metricName: 'MatchedEvents',
      dimensions: {RuleName: rule.name},
      statistic: 'Sum',
      period: 300,
      evaluationPeriods: 1,
      threshold: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      // The event itself tells people; the alarm is for dashboards and for what else watches alarms.
      actionsEnabled: false,
    }).arn
  }
}

const pattern = ({app, environment, services}: StackSettings) =>
  JSON.stringify({
    source: ['aws.codedeploy'],
    'detail-type': ['CodeDeploy Deployment State-change Notification'],
    detail: {
      state: ['FAILURE', 'STOP'],
      application: Object.keys(services).map(
        (service) => namesOf({app, env: environment.name, service}).codedeployApplication,
      ),
    },
  })

const message = (env: string) => ({
  inputPaths: {
    application: '$.detail.application',
    deployment: '$.detail.deploymentId',
    state: '$.detail.state',
    time: '$.time',
  },
  inputTemplate: JSON.stringify(
    `<application>: deployment <deployment> ended with <state> at <time>. fb status --env ${env} says how things stand.`,
  ),
})
