import {CloudwatchMetricAlarm} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js'
import {SnsTopic} from '@cdktf/provider-aws/lib/sns-topic/index.js'
import {SnsTopicPolicy} from '@cdktf/provider-aws/lib/sns-topic-policy/index.js'
import {SnsTopicSubscription} from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js'
import type {Construct} from 'constructs'

import {stackNames} from '../../names.js'
import {publish} from '../../policies.js'
import type {StackSettings} from '../../settings.js'

const HOUR = 3600

/**
 * Hears of the account's bill so far in this month, which CloudWatch counts every few hours, once somebody has turned on
 * billing alerts in the account that pays. It has a topic of its own: Budgets writes to the same people without one.
 */
export function billingAlarm(scope: Construct, settings: StackSettings, keyArn: string): void {
  const {app, account, environment} = settings
  const {billingTopic: name} = stackNames(settings)
  const {arn} = new SnsTopic(scope, 'billing', {name, kmsMasterKeyId: keyArn})
  new SnsTopicPolicy(scope, 'billing_publishes', {arn, policy: publish(['cloudwatch'], account, arn)})
  const subscribe = (id: string, protocol: string, endpoint: string) =>
    new SnsTopicSubscription(scope, id, {topicArn: arn, protocol, endpoint})
  const {emails, webhook} = environment.alerts
  for (const email of new Set(emails)) subscribe(`billing_email_${email.replace(/\W/g, '_')}`, 'email', email)
  if (webhook) subscribe('billing_webhook', 'https', webhook)
  new CloudwatchMetricAlarm(scope, 'estimated_charges', {
    alarmName: name,
    alarmDescription: `${app}: the account has cost more this month than its budget`,
    namespace: 'AWS/Billing',
    metricName: 'EstimatedCharges',
    dimensions: {Currency: 'USD'},
    statistic: 'Maximum',
    period: 6 * HOUR,
    evaluationPeriods: 1,
    comparisonOperator: 'GreaterThanThreshold',
    threshold: environment.budget!.monthlyUsd,
    treatMissingData: 'missing',
    alarmActions: [arn],
  })
}
