import {join, resolve} from 'node:path'
import {beforeAll, describe, expect, inject, it} from 'vitest'

import {stackNames} from '../../infra/names.js'
import {SHARED} from '../../src/config/names.js'
import {expectDeployable} from '../support/deployable.js'
import {documentFor, type Knobs, settingsFor} from '../support/document-for.js'
import {EVERYTHING} from '../support/knobs.js'
import {ACCOUNT, motoAccount} from '../support/moto-account.js'
import {noProvider, place, terraformWithAws} from '../support/terraform-aws.js'

const region = 'us-east-1'
const credentials = {accessKeyId: 'test', secretAccessKey: 'test'}

/** Everything on, with a zone that is looked up. Only what keeps prod from being destroyed is off. */
const PROD: Knobs = {
  ...EVERYTHING,
  loadBalancer: {testFrom: EVERYTHING.loadBalancer.testFrom, deletionProtection: false},
  domain: {name: EVERYTHING.domain.name},
  database: {...EVERYTHING.database, deletionProtection: false},
}

/** What moto 5.2.1 takes and does not keep: a plan after an apply shows it again and again. */
const FORGOTTEN: Record<string, string[]> = {
  // Of a rule that names a group; those that name addresses keep theirs.
  aws_vpc_security_group_egress_rule: ['description'],
  aws_vpc_security_group_ingress_rule: ['description'],
  aws_ecs_service: ['availability_zone_rebalancing', 'enable_ecs_managed_tags', 'health_check_grace_period_seconds'],
  aws_db_instance: ['performance_insights_enabled', 'performance_insights_kms_key_id'],
  // DescribeDBParameters gives none back.
  aws_db_parameter_group: ['parameter'],
}

/** What moto 5.2.1 has no answer to. */
const answersFor = (env: string) => {
  const {topic} = stackNames(settingsFor({env}))
  const {emails} = EVERYTHING.alerts
  const tags = {app: 'fastapi-bootstrap', environment: env, 'managed-by': 'fb'}
  return {
    'application-autoscaling:ListTagsForResource': {Tags: tags},
    'budgets:ListTagsForResource': {ResourceTags: Object.entries(tags).map(([Key, Value]) => ({Key, Value}))},
    'budgets:DescribeSubscribersForNotification': {
      Subscribers: [
        ...emails.map((Address) => ({SubscriptionType: 'EMAIL', Address})),
        {SubscriptionType: 'SNS', Address: `arn:aws:sns:${region}:${ACCOUNT}:${topic}`},
      ],
    },
    // AWS turns the rotation of a secret of RDS off, moto only that of a function.
    'secretsmanager:CancelRotateSecret': {},
  }
}

const off = noProvider || inject('moto') === undefined

describe.skipIf(off)('Terraform with the AWS provider and an independent AWS', {timeout: 1_200_000}, () => {
  let aws: Awaited<ReturnType<typeof motoAccount>>

  beforeAll(async () => {
    aws = await motoAccount()
    await aws.makeZone('example.com')
    return () => aws.close()
  }, 120_000)

  async function stack(env: string, knobs: Knobs) {
    const url = await aws.with(answersFor(env))
    const directory = join(aws.directory, env)
    const endpoints = {codedeploy: aws.codedeploy}
    const wanted = {env, knobs: {...knobs, endpoints}, account: ACCOUNT, hooksDirectory: resolve('dist/hooks')}
    place(directory, 'it', documentFor(wanted))
    const keys = {AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey}
    const run = terraformWithAws(directory, {AWS_ENDPOINT_URL: url, AWS_REGION: region, ...keys})
    const terraform = async (...args: string[]) => {
      const {code, stdout, stderr} = await run('it', ...args)
      expect(code, `terraform ${args[0]}: ${stdout.slice(-2000)}${stderr.slice(0, 2000)}`).toBe(0)
      return stdout
    }
    return {url, terraform, differences: () => differences(terraform)}
  }

  it.concurrent.each<[string, Knobs]>([
    ['dev', {}],
    ['prod', PROD],
    [SHARED, EVERYTHING],
  ])('makes %s, has nothing to change then, and leaves nothing when it destroys it', async (env, knobs) => {
    const {url, terraform, differences} = await stack(env, knobs)
    await terraform('init', '-input=false', '-no-color')
    await terraform('apply', '-auto-approve', '-input=false', '-no-color')
    expect(await differences()).toEqual([])
    if (env !== SHARED)
      await expectDeployable(settingsFor({env, knobs, account: ACCOUNT}), {aws: url, codedeploy: aws.codedeploy})
    // The plan has just looked at everything.
    await terraform('destroy', '-auto-approve', '-refresh=false', '-input=false', '-no-color')
    expect(await terraform('state', 'list')).toBe('')
  })
})

type Terraform = (...args: string[]) => Promise<string>
type Change = {
  address: string
  type: string
  change: {actions: string[]; before: Body; after: Body; after_unknown: Body}
}
type Body = Record<string, unknown> | null

/** Every attribute that a plan would change, but for what moto forgets. */
async function differences(terraform: Terraform): Promise<string[]> {
  await terraform('plan', '-input=false', '-no-color', '-out=plan')
  const {resource_changes: changes}: {resource_changes: Change[]} = JSON.parse(await terraform('show', '-json', 'plan'))
  return changes.flatMap(({address, type, change: {actions, before, after, after_unknown: unknown}}) => {
    if (actions.join() === 'no-op') return []
    if (actions.join() !== 'update') return [`${address} ${actions}`]
    const names = Object.keys({...before, ...after, ...unknown}).filter(
      (name) => unknown?.[name] === true || JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
    )
    return names.filter((name) => !FORGOTTEN[type]?.includes(name)).map((name) => `${address} ${name}`)
  })
}
