import {describe, expect, it} from 'vitest'

import {addresses, documentFor, resource} from '../support/document-for.js'

const shared = (knobs = {}) => documentFor({env: 'shared', knobs})

describe('the repository of images', () => {
  it('scans on push, keeps tags as they are, and encrypts with the key of the account', () => {
    expect(resource(shared(), 'aws_ecr_repository.main')).toMatchObject({
      name: 'fastapi-bootstrap',
      image_tag_mutability: 'IMMUTABLE',
      image_scanning_configuration: {scan_on_push: true},
      encryption_configuration: [{encryption_type: 'KMS', kms_key: '${aws_kms_key.main.arn}'}],
      force_delete: false,
    })
  })

  it('keeps the latest ten, and the latest ten releases whatever else was built', () => {
    const {rules} = JSON.parse(resource(shared(), 'aws_ecr_lifecycle_policy.latest').policy)
    const kept = rules.map(({selection}: {selection: Record<string, unknown>}) => [
      selection.tagStatus,
      selection.tagPatternList,
      selection.countType,
      selection.countNumber,
    ])
    expect(kept).toEqual([
      ['tagged', ['*.*.*'], 'imageCountMoreThan', 10],
      ['tagged', ['*'], 'imageCountMoreThan', 10],
      ['untagged', undefined, 'sinceImagePushed', 1],
    ])
  })

  it('says where images are pushed', () => {
    expect(shared().output?.repository_url?.value).toBe('${aws_ecr_repository.main.repository_url}')
  })
})

describe('the trust in GitHub', () => {
  it('is made once for the account, when a repository is named', () => {
    expect(resource(shared({github: {repository: 'acme/api'}}), 'aws_iam_openid_connect_provider.github')).toEqual({
      url: 'https://token.actions.githubusercontent.com',
      client_id_list: ['sts.amazonaws.com'],
    })
    expect(addresses(shared(), 'aws_iam_openid_connect_provider')).toEqual([])
    expect(
      addresses(documentFor({knobs: {github: {repository: 'acme/api'}}}), 'aws_iam_openid_connect_provider'),
    ).toEqual([])
  })
})

describe('the budget', () => {
  const notifications = (alerts: object) =>
    resource(shared({budget: {monthlyUsd: 250}, alerts}), 'aws_budgets_budget.monthly').notification

  it('is there when an amount is given', () => {
    expect(addresses(shared(), 'aws_budgets_budget')).toEqual([])
    expect(resource(shared({budget: {monthlyUsd: 250}}), 'aws_budgets_budget.monthly')).toMatchObject({
      account_id: '111111111111',
      name: 'fastapi-bootstrap',
      limit_amount: '250',
      limit_unit: 'USD',
      time_unit: 'MONTHLY',
    })
  })

  it('tells people before and when it is used up', () => {
    expect(notifications({emails: ['ops@example.com']})).toEqual(
      [
        ['ACTUAL', 80],
        ['ACTUAL', 100],
        ['FORECASTED', 100],
      ].map(([notification_type, threshold]) => ({
        notification_type,
        threshold,
        threshold_type: 'PERCENTAGE',
        comparison_operator: 'GREATER_THAN',
        subscriber_email_addresses: ['ops@example.com'],
      })),
    )
  })

  it('tells a webhook through a topic that only Budgets may use', () => {
    const document = shared({budget: {monthlyUsd: 250}, alerts: {webhook: 'https://hooks.example.com/fb'}})
    expect(resource(document, 'aws_sns_topic_subscription.budget_webhook')).toMatchObject({
      protocol: 'https',
      endpoint: 'https://hooks.example.com/fb',
    })
    expect(notifications({webhook: 'https://hooks.example.com/fb'})[0].subscriber_sns_topic_arns).toEqual([
      '${aws_sns_topic.budget.arn}',
    ])
    expect(resource(document, 'aws_sns_topic.budget').kms_master_key_id).toBe('${aws_kms_key.main.arn}')
  })

  it('has an alarm on the bill beside it where CloudWatch has the bill, which tells everybody once', () => {
    const alerts = {emails: ['ops@example.com'], webhook: 'https://hooks.example.com/fb'}
    const document = shared({budget: {monthlyUsd: 250}, alerts})
    expect(resource(document, 'aws_cloudwatch_metric_alarm.estimated_charges')).toMatchObject({
      namespace: 'AWS/Billing',
      metric_name: 'EstimatedCharges',
      dimensions: {Currency: 'USD'},
      statistic: 'Maximum',
      threshold: 250,
      alarm_actions: ['${aws_sns_topic.billing.arn}'],
    })
    const told = addresses(document, 'aws_sns_topic_subscription').map((address) => resource(document, address))
    expect(told.map(({topic_arn: topic, endpoint}) => [topic, endpoint])).toEqual([
      ['${aws_sns_topic.budget.arn}', 'https://hooks.example.com/fb'],
      ['${aws_sns_topic.billing.arn}', 'ops@example.com'],
      ['${aws_sns_topic.billing.arn}', 'https://hooks.example.com/fb'],
    ])
    const elsewhere = shared({region: 'eu-west-1', budget: {monthlyUsd: 250}, alerts})
    expect(addresses(elsewhere, 'aws_cloudwatch_metric_alarm')).toEqual([])
  })

  it('tells no one when no one is named: AWS refuses a notification without a subscriber', () => {
    expect(notifications({})).toEqual([])
  })
})
