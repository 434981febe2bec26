import {expect, it} from 'vitest'

import {documentFor, resource} from '../support/document-for.js'

type Rule = {
  name: string
  priority: number
  statement: Record<string, {name?: string; limit?: number; rule_action_override?: object[]}>
  override_action?: object
  action?: object
}
const rulesOf = (knobs = {}): Rule[] => resource(documentFor({knobs}), 'aws_wafv2_web_acl.main').rule

it('asks the managed rules, each with a priority of its own', () => {
  const rules = rulesOf()
  expect(rules.flatMap(({statement}) => statement.managed_rule_group_statement?.name ?? [])).toEqual([
    'AWSManagedRulesAmazonIpReputationList',
    'AWSManagedRulesCommonRuleSet',
    'AWSManagedRulesKnownBadInputsRuleSet',
    'AWSManagedRulesSQLiRuleSet',
  ])
  expect(new Set(rules.map(({priority}) => priority)).size).toBe(rules.length)
})

it('blocks what they match, or only counts it', () => {
  const overrides = (knobs = {}) => rulesOf(knobs).flatMap((rule) => rule.override_action ?? [])
  expect(overrides()).toEqual(Array(4).fill({none: {}}))
  expect(overrides({waf: {mode: 'count'}})).toEqual(Array(4).fill({count: {}}))
})

it('lets large bodies through', () => {
  const common = rulesOf().find(({name}) => name === 'common')!
  expect(common.statement.managed_rule_group_statement!.rule_action_override).toEqual([
    {name: 'SizeRestrictions_BODY', action_to_use: {count: {}}},
  ])
})

it('blocks an address that asks too often', () => {
  expect(rulesOf({waf: {rateLimit: 500}}).find(({name}) => name === 'rate')).toMatchObject({
    action: {block: {}},
    statement: {rate_based_statement: {limit: 500, aggregate_key_type: 'IP'}},
  })
})

it('stands before the load balancer', () => {
  expect(resource(documentFor(), 'aws_wafv2_web_acl_association.load_balancer')).toEqual({
    resource_arn: '${aws_lb.main.arn}',
    web_acl_arn: '${aws_wafv2_web_acl.main.arn}',
  })
})

it('logs what it blocks and counts, encrypted, and without credentials', () => {
  const document = documentFor({env: 'prod'})
  expect(resource(document, 'aws_cloudwatch_log_group.firewall')).toEqual({
    name: 'aws-waf-logs-fastapi-bootstrap-prod',
    retention_in_days: 90,
    kms_key_id: '${aws_kms_key.main.arn}',
  })
  const logging = resource(document, 'aws_wafv2_web_acl_logging_configuration.logging')
  expect(logging.log_destination_configs).toEqual(['${aws_cloudwatch_log_group.firewall.arn}'])
  expect(logging.redacted_fields).toEqual([{single_header: {name: 'authorization'}}, {single_header: {name: 'cookie'}}])
  expect(logging.logging_filter.default_behavior).toBe('DROP')
})
