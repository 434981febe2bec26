import {SnsTopic} from '@cdktf/provider-aws/lib/sns-topic/index.js'
import {SnsTopicPolicy} from '@cdktf/provider-aws/lib/sns-topic-policy/index.js'
import {SnsTopicSubscription} from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js'
import type {Construct} from 'constructs'

import {stackNames} from '../../names.js'
import type {Watched} from '../monitoring.js'

const SENDERS = ['cloudwatch', 'events', 'budgets', 'costalerts', 'codestar-notifications']

/** The topic that carries every alert; its ARN. */
export function alertsTopic(scope: Construct, {settings, keyArn}: Watched): string {
  const {emails, webhook} = settings.environment.alerts
  const {arn} = new SnsTopic(scope, 'alerts', {name: stackNames(settings).topic, kmsMasterKeyId: keyArn})
  new SnsTopicPolicy(scope, 'alerts', {arn, policy: publishing(arn, settings.account)})
  emails.forEach((endpoint, i) => {
    new SnsTopicSubscription(scope, i === 0 ? 'email' : `email_${i + 1}`, {topicArn: arn, protocol: 'email', endpoint})
  })
  if (webhook) new SnsTopicSubscription(scope, 'webhook', {topicArn: arn, protocol: 'https', endpoint: webhook})
  return arn
}

/** AWS services may publish for this account alone. CodeDeploy publishes with its own role. */
const publishing = (Resource: string, account: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: {Service: SENDERS.map((name) => `${name}.amazonaws.com`)},
        Action: 'sns:Publish',
        Resource,
        Condition: {StringEquals: {'aws:SourceAccount': account}},
      },
    ],
  })
