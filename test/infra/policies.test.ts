import {expect, it} from 'vitest'

import type {TerraformDocument} from '../../infra/app.js'
import {ACCOUNT, documentFor} from '../support/document-for.js'

type Statement = {
  Effect: string
  Principal?: Record<string, string | string[]>
  Action: string | string[]
  Resource?: string | string[]
  Condition?: Record<string, Record<string, string | string[]>>
}
type Rule = {where: string; statement: Statement; actions: string[]; resources: string[]}

const knobs = {
  network: {interfaceEndpoints: true},
  loadBalancer: {testFrom: ['203.0.113.0/24']},
  domain: {name: 'api.example.com'},
  capacity: {spot: true, schedule: {stop: 'cron(0 20 * * ? *)', start: 'cron(0 6 * * ? *)', timezone: 'UTC'}},
  hooks: {smokePath: '/api/v1/items', migration: 'alembic upgrade head'},
  database: {},
  apiGateway: {},
  alerts: {emails: ['ops@example.com'], webhook: 'https://hooks.example.com/fb'},
  github: {repository: 'acme/api'},
}
const services = {v1: {}, v2: {port: 8001}}

const DOCUMENTS = {
  dev: documentFor({env: 'dev', knobs, services}),
  prod: documentFor({env: 'prod', knobs, services}),
  shared: documentFor({
    env: 'shared',
    knobs: {github: knobs.github, alerts: knobs.alerts, budget: {monthlyUsd: 200}},
  }),
}
const rules = Object.entries(DOCUMENTS).flatMap(([env, document]) => rulesOf(env, document))
const identity = rules.filter(({where}) => !where.includes('.aws_kms_key.'))

/** "You must specify all resources" (the Service Authorization Reference), or what stands beside it. */
const WITHOUT_ARN: Record<string, string> = {
  'application-autoscaling:DescribeScalableTargets': 'no resource type',
  'application-autoscaling:DescribeScalingActivities': 'no resource type',
  'codedeploy:GetDeploymentTarget': 'no resource type',
  'ec2:DescribeNetworkInterfaces': 'no resource type',
  'ec2:DescribeSubnets': 'no resource type',
  'ecr:GetAuthorizationToken': 'no resource type: the token is for all of the registry',
  'ecs:DescribeTaskDefinition': 'no resource type',
  'ecs:ListTaskDefinitions': 'no resource type',
  'ecs:ListTasks': 'the resource is a container instance, and Fargate has none; a condition names the cluster',
  'ecs:RegisterTaskDefinition': 'refused "on resource: *", whatever is registered',
  'elasticloadbalancing:DescribeListeners': 'no resource type',
  'elasticloadbalancing:DescribeLoadBalancers': 'no resource type',
  'elasticloadbalancing:DescribeRules': 'no resource type',
  'elasticloadbalancing:DescribeTargetGroups': 'no resource type',
  'elasticloadbalancing:DescribeTargetHealth': 'no resource type',
}

it('finds the policies of roles, topics and keys', () => {
  const places = new Set(rules.map(({where}) => where))
  for (const env of ['dev', 'prod'])
    for (const role of ['execution', 'task', 'codedeploy', 'hooks', 'migration', 'deploy'])
      expect(places).toContain(`${env}.aws_iam_role_policy.${role}_allowed`)
  for (const env of Object.keys(DOCUMENTS)) expect(places).toContain(`${env}.aws_kms_key.main`)
  expect(places).toContain('shared.aws_sns_topic_policy.budget_publishes')
})

it('names every action, but for keys, whose account decides by its own policies', () => {
  expect(identity.filter(({actions}) => actions.some((action) => action.includes('*')))).toEqual([])
})

it('names the resources of every action that has any', () => {
  const everywhere = identity.filter(({resources}) => resources.includes('*'))
  const known = ({where, actions}: Rule) =>
    actions.filter((action) => !WITHOUT_ARN[action]).map((action) => `${where} ${action}`)
  expect(everywhere.flatMap(known)).toEqual([])
  const listing = everywhere.filter(({actions}) => actions.includes('ecs:ListTasks'))
  for (const {statement} of listing) expect(statement.Condition).toHaveProperty(['ArnEquals', 'ecs:cluster'])
})

it('keeps to this account, whatever a resource is called', () => {
  const foreign = identity.flatMap(({where, resources}) =>
    resources.filter((arn) => arn.startsWith('arn:') && arn.split(':')[4] !== ACCOUNT).map((arn) => `${where} ${arn}`),
  )
  expect(foreign).toEqual([])
})

it('passes only roles that it names, and only to the service that they are for', () => {
  const passing = rules.filter(({actions}) => actions.some((action) => /^iam:(PassRole|\*)$/.test(action)))
  expect(new Set(passing.map(({where}) => where.split('.')[2]))).toEqual(
    new Set(['codedeploy_allowed', 'deploy_allowed', 'migration_allowed']),
  )
  for (const {statement, actions, resources} of passing) {
    expect(actions).toEqual(['iam:PassRole'])
    for (const role of resources)
      expect(role).toMatch(/^arn:aws:iam::111111111111:role\/fastapi-bootstrap-\w+-(execution|task)$/)
    expect(statement.Condition).toEqual({StringEquals: {'iam:PassedToService': 'ecs-tasks.amazonaws.com'}})
  }
})

it('trusts AWS services for this account alone', () => {
  const trusting = rules.filter(({actions, statement}) => actions.includes('sts:AssumeRole') && statement.Principal)
  expect(trusting.length).toBeGreaterThan(10)
  for (const {where, statement} of trusting)
    expect([where, statement.Condition]).toEqual([where, {StringEquals: {'aws:SourceAccount': ACCOUNT}}])
})

it('lets no one else in: neither anonymous callers nor other accounts', () => {
  for (const {where, statement} of rules) {
    const principals = Object.values(statement.Principal ?? {}).flat()
    for (const principal of principals)
      expect([where, principal]).toEqual([
        where,
        expect.stringMatching(/^([\w.-]+\.amazonaws\.com|arn:aws:iam::111111111111:.*)$/),
      ])
  }
})

/** Every policy of a document: any text that is one, wherever it stands. */
function rulesOf(env: string, {resource}: TerraformDocument): Rule[] {
  return Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).flatMap(([name, attributes]) =>
      texts(attributes).flatMap((text) => statementsOf(`${env}.${type}.${name}`, text)),
    ),
  )
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

function statementsOf(where: string, text: string): Rule[] {
  if (!text.includes('"Statement"') && !/jsonencode\(.*Statement/s.test(text)) return []
  // A policy that only Terraform can put together would not be seen here.
  if (!text.startsWith('{')) throw new Error(`${where} has a policy that is not JSON: ${text}`)
  const {Statement: statements} = JSON.parse(text) as {Statement: Statement[]}
  return statements.map((statement) => ({
    where,
    statement,
    actions: [statement.Action].flat(),
    resources: [statement.Resource ?? []].flat(),
  }))
}
