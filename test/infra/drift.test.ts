import {expect, it} from 'vitest'

import type {Definition} from '../../src/infra/definition.js'
import {type Call, culprits, readDrift} from '../../src/infra/drift.js'

const at = (module: string) => ({'//': {metadata: {path: `dev/${module}/main`}}})

const definition = {
  app: 'app',
  env: 'dev',
  account: '111111111111',
  region: 'us-east-1',
  document: {
    resource: {
      aws_ecs_service: {app: {...at('ecs'), lifecycle: {ignore_changes: ['task_definition', 'desired_count']}}},
      aws_lb: {main: at('ecs')},
      aws_vpc: {main: at('vpc')},
      aws_security_group: {service: at('security')},
      aws_vpc_security_group_ingress_rule: {
        from_lb: {...at('security'), security_group_id: '${aws_security_group.service.id}'},
        from_api: {...at('security'), security_group_id: '${aws_security_group.service.id}'},
        other: {...at('security'), security_group_id: '${aws_security_group.other.id}'},
      },
      aws_ssm_parameter: {db_url: {...at('ssm'), lifecycle: {ignore_changes: ['value']}}},
    },
  },
  hooks: [],
} as unknown as Definition

const drift = (address: string, before: object, after: object | null) => {
  const [type, name] = address.split('.')
  return {address, mode: 'managed', type, name, change: {actions: [after ? 'update' : 'delete'], before, after}}
}

it('tells what has changed by module, and what the definition leaves to others apart', () => {
  const json = {
    resource_drift: [
      drift('aws_ecs_service.app', {id: 'a', desired_count: 1}, {id: 'a', desired_count: 3}),
      drift('aws_lb.main', {id: 'lb', arn: 'arn:lb', idle_timeout: 60}, {id: 'lb', arn: 'arn:lb', idle_timeout: 120}),
      drift('aws_vpc.main', {id: 'vpc-1', tags: null}, {id: 'vpc-1', tags: {}}),
    ],
  }
  const {drifted, left} = readDrift(json, definition)
  expect(drifted).toEqual([
    expect.objectContaining({
      address: 'aws_lb.main',
      module: 'ecs',
      what: 'changed',
      names: ['lb', 'arn:lb'],
      attributes: [{name: 'idle_timeout', before: 60, after: 120}],
    }),
  ])
  expect(left).toBe(1)
})

it('says what is gone, also of what others may change', () => {
  const json = {resource_drift: [drift('aws_ecs_service.app', {id: 'a', desired_count: 1}, null)]}
  expect(readDrift(json, definition)).toMatchObject({drifted: [{what: 'gone'}], left: 0})
})

it.each([
  ['aws_ssm_parameter.db_url', {value: 'a', version: 1}, {value: 'b', version: 2}, 1],
  ['aws_db_instance.main', {latest_restorable_time: '10:00'}, {latest_restorable_time: '10:05'}, 0],
  ['aws_db_instance.main', {engine_version_actual: '16.4'}, {engine_version_actual: '16.6'}, 0],
  ['aws_lb_target_group.blue', {load_balancer_arns: []}, {load_balancer_arns: ['arn:lb']}, 0],
  ['aws_eip.nat', {association_id: ''}, {association_id: 'eipassoc-1'}, 0],
])('leaves out what nobody has changed: %s %j %j', (address, before, after, left) => {
  const json = {resource_drift: [drift(address, {id: 'x', ...before}, {id: 'x', ...after})]}
  expect(readDrift(json, definition)).toMatchObject({drifted: [], left})
})

it('tells a rule that somebody has added by hand from those of the definition, which AWS lists with the group', () => {
  const rule = (...sources: string[]) => ({from_port: 8000, security_groups: sources, cidr_blocks: []})
  const listed = (before: object[], after: object[]) =>
    readDrift(
      {resource_drift: [drift('aws_security_group.service', {id: 'sg', ingress: before}, {id: 'sg', ingress: after})]},
      definition,
    ).drifted.map(({address}) => address)
  expect(listed([], [rule('sg-lb', 'sg-api')])).toEqual([])
  expect(listed([], [rule('sg-lb', 'sg-api', 'sg-odd')])).toEqual(['aws_security_group.service'])
  expect(listed([rule('sg-lb')], [rule('sg-lb', 'sg-odd')])).toEqual(['aws_security_group.service'])
})

it('says of a database that people have changed what they have, and not what AWS has besides', () => {
  const values = (time: string, backups: number) => ({latest_restorable_time: time, backup_retention_period: backups})
  const json = {resource_drift: [drift('aws_db_instance.main', values('10:00', 7), values('10:05', 1))]}
  expect(readDrift(json, definition).drifted[0]?.attributes).toEqual([
    {name: 'backup_retention_period', before: 7, after: 1},
  ])
})

const call = (minute: number, more: Partial<Call>): Call => ({
  event: 'E',
  who: 'anna',
  at: new Date(Date.UTC(2026, 10, 23, 10, minute)),
  agent: '',
  console: false,
  ...more,
})

it.each([
  [{console: true}, 'the AWS console'],
  [{agent: 'aws-cli/2.15.0 Python/3.11'}, 'the AWS CLI'],
  [{agent: 'APN/1.0 HashiCorp/1.0 Terraform/1.11.4 aws-sdk-go-v2/1.30'}, 'Terraform'],
  [{agent: 'Boto3/1.34 Botocore/1.34'}, 'a script (boto3)'],
  [{agent: 'ecs.application-autoscaling.amazonaws.com'}, 'AWS itself (ecs.application-autoscaling.amazonaws.com)'],
])('names the tool that a call was made with: %j', (more, tool) => {
  expect(culprits([call(5, more)], new Date(0))[0]?.with).toBe(tool)
})

it('names the calls since the state was written, else the newest that no Terraform made', () => {
  const calls = [call(1, {who: 'bob', agent: 'aws-cli/2'}), call(2, {agent: 'Terraform/1'}), call(9, {who: 'eve'})]
  expect(culprits(calls, call(5, {}).at).map(({who}) => who)).toEqual(['eve'])
  expect(culprits(calls.slice(0, 2), call(5, {}).at).map(({who}) => who)).toEqual(['bob'])
})
