import {CloudwatchLogGroup} from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import {Wafv2WebAcl, type Wafv2WebAclRule} from '@cdktf/provider-aws/lib/wafv2-web-acl/index.js'
import {Wafv2WebAclAssociation} from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js'
import {Wafv2WebAclLoggingConfiguration} from '@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration/index.js'
import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; keyArn: string; loadBalancerArn: string}

const GROUPS = [
  {name: 'ip-reputation', group: 'AWSManagedRulesAmazonIpReputationList'},
  // Bodies above 8 KB are what an API's uploads are: counted, so that they can be seen, and let through.
  {name: 'common', group: 'AWSManagedRulesCommonRuleSet', onlyCount: ['SizeRestrictions_BODY']},
  {name: 'known-bad-inputs', group: 'AWSManagedRulesKnownBadInputsRuleSet'},
  {name: 'sql', group: 'AWSManagedRulesSQLiRuleSet'},
]

/** The web application firewall before the load balancer. */
export class Waf extends Construct {
  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'waf')
    const {app, environment} = props.settings
    const name = `${app}-${environment.name}`
    const acl = new Wafv2WebAcl(this, 'main', {
      name,
      scope: 'REGIONAL',
      defaultAction: {allow: {}},
      visibilityConfig: seenAs(name),
      rule: this.rules(),
    })
    new Wafv2WebAclAssociation(this, 'load_balancer', {resourceArn: props.loadBalancerArn, webAclArn: acl.arn})
    this.logs(name, acl.arn)
  }

  private rules(): Wafv2WebAclRule[] {
    const {mode, rateLimit} = this.props.settings.environment.waf
    const overrideAction = mode === 'block' ? {none: {}} : {count: {}}
    return [
      {
        name: 'rate',
        priority: 1,
        action: {block: {}},
        statement: {rate_based_statement: {limit: rateLimit, aggregate_key_type: 'IP'}},
        visibilityConfig: seenAs('rate'),
      },
      ...GROUPS.map(({name, group, onlyCount = []}, i) => ({
        name,
        priority: (i + 1) * 10,
        overrideAction,
        statement: managed(group, onlyCount),
        visibilityConfig: seenAs(name),
      })),
    ]
  }

  /** WAF accepts only log groups whose names begin with `aws-waf-logs-`. What passes is in no log: it would be everything. */
  private logs(name: string, resourceArn: string): void {
    const group = new CloudwatchLogGroup(this, 'firewall', {
      name: `aws-waf-logs-${name}`,
      retentionInDays: this.props.settings.environment.logs.days,
      kmsKeyId: this.props.keyArn,
    })
    new Wafv2WebAclLoggingConfiguration(this, 'logging', {
      resourceArn,
      logDestinationConfigs: [group.arn],
      redactedFields: ['authorization', 'cookie'].map((header) => ({singleHeader: {name: header}})),
      loggingFilter: {
        defaultBehavior: 'DROP',
        filter: [
          {
            behavior: 'KEEP',
            requirement: 'MEETS_ANY',
            condition: ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((action) => ({actionCondition: {action}})),
          },
        ],
      },
    })
  }
}

/** The binding passes statements on as they are, so they are in Terraform's own words. */
const managed = (name: string, onlyCount: string[]) => ({
  managed_rule_group_statement: {
    vendor_name: 'AWS',
    name,
    ...(onlyCount.length > 0
      ? {rule_action_override: onlyCount.map((rule) => ({name: rule, action_to_use: {count: {}}}))}
      : {}),
  },
})

const seenAs = (metricName: string) => ({metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true})
