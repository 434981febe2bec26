import {SnsTopic} from '@cdktf/provider-aws/lib/sns-topic/index.js'
import {SnsTopicPolicy} from '@cdktf/provider-aws/lib/sns-topic-policy/index.js'
import {SnsTopicSubscription} from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js'
import type {Construct} from 'constructs'

import {stackNames} from '../../names.js'
import {publish} from '../../policies.js'
import type {Watched} from '../monitoring.js'

const SENDERS = ['cloudwatch', 'events', 'budgets', 'costalerts', 'codestar-notifications']

/** The topic that carries every alert; its ARN. CodeDeploy publishes with its own role. */
export function alertsTopic(scope: Construct, {settings, keyArn}: Watched): string {
  const {emails, webhook} = settings.environment.alerts
  const {arn} = new SnsTopic(scope, 'alerts', {name: stackNames(settings).topic, kmsMasterKeyId: keyArn})
  new SnsTopicPolicy(scope, 'alert_senders', {arn, policy: publish(SENDERS, settings.account, arn)})
  // Each has an id of its own: with a number, who follows one that is taken away would have to confirm once more.
  for (const endpoint of new Set(emails))
    new SnsTopicSubscription(scope, `email_${endpoint.replace(/\W/g, '_')}`, {
      topicArn: arn,
      protocol: 'email',
      endpoint,
    })
  if (webhook) new SnsTopicSubscription(scope, 'webhook', {topicArn: arn, protocol: 'https', endpoint: webhook})
  return arn
}
