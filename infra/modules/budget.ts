import {BudgetsBudget} from '@cdktf/provider-aws/lib/budgets-budget/index.js'
import {SnsTopic} from '@cdktf/provider-aws/lib/sns-topic/index.js'
import {SnsTopicPolicy} from '@cdktf/provider-aws/lib/sns-topic-policy/index.js'
import {SnsTopicSubscription} from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js'
import {Construct} from 'constructs'

import {BILLING_REGION} from '../../src/config/regions.js'
import {stackNames} from '../names.js'
import {publish} from '../policies.js'
import type {StackSettings} from '../settings.js'
import {billingAlarm} from './budget/billing-alarm.js'

type Props = {settings: StackSettings; keyArn: string}

/** What the account may cost, and who hears when it costs more. */
export class Budget extends Construct {
  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'budget')
    const {app, account, environment} = props.settings
    new BudgetsBudget(this, 'monthly', {
      accountId: account,
      name: app,
      budgetType: 'COST',
      limitAmount: String(environment.budget!.monthlyUsd),
      limitUnit: 'USD',
      timeUnit: 'MONTHLY',
      notification: this.notifications(),
    })
    if (environment.region === BILLING_REGION) billingAlarm(this, props.settings, props.keyArn)
  }

  /** Budgets accepts no notification that nobody gets. */
  private notifications() {
    const {emails, webhook} = this.props.settings.environment.alerts
    if (emails.length === 0 && !webhook) return []
    const subscribers = {
      ...(emails.length > 0 ? {subscriberEmailAddresses: emails} : {}),
      ...(webhook ? {subscriberSnsTopicArns: [this.topic(webhook)]} : {}),
    }
    const above = (notificationType: 'FORECASTED' | 'ACTUAL', threshold: number) => ({
      notificationType,
      threshold,
      thresholdType: 'PERCENTAGE',
      comparisonOperator: 'GREATER_THAN',
      ...subscribers,
    })
    return [above('ACTUAL', 80), above('ACTUAL', 100), above('FORECASTED', 100)]
  }

  private topic(webhook: string): string {
    const {settings, keyArn} = this.props
    const {arn} = new SnsTopic(this, 'budget', {name: stackNames(settings).topic, kmsMasterKeyId: keyArn})
    const policy = publish(['budgets'], settings.account, arn)
    new SnsTopicPolicy(this, 'budget_publishes', {arn, policy})
    new SnsTopicSubscription(this, 'budget_webhook', {topicArn: arn, protocol: 'https', endpoint: webhook})
    return arn
  }
}
