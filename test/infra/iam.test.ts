import {describe, expect, it} from 'vitest'

import {OPERATIONS} from '../faults/operations.js'
import {addresses, documentFor, resource} from '../support/document-for.js'

const prod = documentFor({
  env: 'prod',
  knobs: {hooks: {migration: 'alembic upgrade head'}, github: {repository: 'acme/api'}},
})

type Statement = {Action: string[]; Resource: string[]; Condition?: object}
const statements = (role: string, document = prod): Statement[] =>
  JSON.parse(resource(document, `aws_iam_role_policy.${role}_allowed`).policy).Statement
/** What a role may do an action on. */
const on = (role: string, action: string, document = prod) =>
  statements(role, document)
    .filter(({Action}) => Action.includes(action))
    .flatMap(({Resource}) => Resource)
const actions = (role: string) => statements(role).flatMap(({Action}) => Action)

describe('the roles of tasks', () => {
  it('read the parameters and secrets of this application in this environment', () => {
    expect(on('execution', 'ssm:GetParameters')).toEqual([
      'arn:aws:ssm:us-east-1:111111111111:parameter/fastapi-bootstrap/prod/*',
    ])
    expect(on('task', 'secretsmanager:GetSecretValue')).toEqual([
      'arn:aws:secretsmanager:us-east-1:111111111111:secret:fastapi-bootstrap/prod/*',
    ])
  })

  it('let ECS read the password of the database, where there is one', () => {
    expect(on('execution', 'secretsmanager:GetSecretValue')).toContain(
      '${aws_db_instance.main.master_user_secret[0].secret_arn}',
    )
    expect(on('execution', 'secretsmanager:GetSecretValue', documentFor())).toHaveLength(1)
  })

  it('decrypt with the key of the environment, and only what those two services hand them', () => {
    expect(statements('task').find(({Action}) => Action.includes('kms:Decrypt'))).toMatchObject({
      Resource: ['${aws_kms_key.main.arn}'],
      Condition: {
        StringEquals: {'kms:ViaService': ['ssm.us-east-1.amazonaws.com', 'secretsmanager.us-east-1.amazonaws.com']},
      },
    })
  })
})

describe('the role of CodeDeploy', () => {
  it('moves the traffic of this load balancer and the task sets of these services', () => {
    expect(on('codedeploy', 'elasticloadbalancing:ModifyListener')).toContain(
      'arn:aws:elasticloadbalancing:us-east-1:111111111111:listener/app/fastapi-bootstrap-prod/*',
    )
    expect(on('codedeploy', 'ecs:CreateTaskSet')).toEqual([
      'arn:aws:ecs:us-east-1:111111111111:service/fastapi-bootstrap-prod/fastapi-bootstrap-v1-prod',
      'arn:aws:ecs:us-east-1:111111111111:task-set/fastapi-bootstrap-prod/fastapi-bootstrap-v1-prod/*',
    ])
  })

  it('names what other modules make', () => {
    const names = (type: string, key: string) =>
      addresses(prod, type).map((address) => resource(prod, address)[key] as string)
    const invoked = on('codedeploy', 'lambda:InvokeFunction').map((arn) => arn.split(':').at(-1))
    expect(new Set(invoked)).toEqual(new Set(names('aws_lambda_function', 'function_name')))
    expect(on('codedeploy', 'sns:Publish')[0]!.split(':').at(-1)).toBe(resource(prod, 'aws_sns_topic.alerts').name)
    const [loadBalancer] = names('aws_lb', 'name')
    expect(on('codedeploy', 'elasticloadbalancing:ModifyRule')[1]).toContain(`/app/${loadBalancer}/`)
    const alarms = on('codedeploy', 'cloudwatch:DescribeAlarms').map((arn) => arn.split(':').at(-1)!.replace('*', ''))
    for (const alarm of names('aws_cloudwatch_metric_alarm', 'alarm_name'))
      expect(
        alarms.some((prefix) => alarm.startsWith(prefix)),
        alarm,
      ).toBe(true)
  })
})

describe('the roles of hooks', () => {
  it('let only the migration run tasks, in this cluster and of this application', () => {
    expect(actions('hooks')).not.toContain('ecs:RunTask')
    expect(statements('migration').find(({Action}) => Action.includes('ecs:RunTask'))).toMatchObject({
      Resource: ['arn:aws:ecs:us-east-1:111111111111:task-definition/fastapi-bootstrap-v1-prod:*'],
      Condition: {
        ArnEquals: {'ecs:cluster': 'arn:aws:ecs:us-east-1:111111111111:cluster/fastapi-bootstrap-prod'},
      },
    })
    const roles = addresses(prod, 'aws_lambda_function').map((address) => resource(prod, address).role)
    expect(roles.filter((role) => role.includes('migration'))).toHaveLength(1)
  })

  it('make no role for a migration that there is not', () => {
    expect(addresses(documentFor(), 'aws_iam_role')).not.toContain('aws_iam_role.migration')
  })

  it('let each write its own log', () => {
    const made = addresses(prod, 'aws_cloudwatch_log_group').map((address) => resource(prod, address).name)
    const written = ['hooks', 'migration'].flatMap((role) => on(role, 'logs:PutLogEvents'))
    expect(written).toHaveLength(3)
    for (const arn of written) expect(made).toContain(arn.split(':').at(-2))
  })
})

describe('the role of GitHub', () => {
  it('is for workflows of one repository, in the environment of the same name', () => {
    const trust = JSON.parse(resource(prod, 'aws_iam_role.deploy').assume_role_policy).Statement
    expect(trust).toEqual([
      {
        Effect: 'Allow',
        Principal: {Federated: 'arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com'},
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': 'repo:acme/api:environment:prod',
          },
        },
      },
    ])
  })

  it('is not there unless a repository is named', () => {
    expect(addresses(documentFor(), 'aws_iam_role')).not.toContain('aws_iam_role.deploy')
  })

  it('is told, for workflows have to name it', () => {
    expect(prod.output?.deploy_role?.value).toContain('aws_iam_role_policy.deploy_allowed.role')
    expect(documentFor().output).not.toHaveProperty('deploy_role')
  })

  it('may make every call of a deployment, its preflight and its migration', () => {
    const calls = [
      ...OPERATIONS.deploy,
      ...OPERATIONS.migrate,
      ...OPERATIONS.run,
      'ecs:StopTask',
      'codedeploy:StopDeployment',
    ]
    const free = ['sts:GetCallerIdentity']
    expect(calls.filter((call) => !free.includes(call) && !actions('deploy').includes(call))).toEqual([])
  })

  it('deploys the services of this environment, and registers with tags as fb does', () => {
    expect(on('deploy', 'codedeploy:CreateDeployment')).toEqual([
      'arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:fastapi-bootstrap-v1-prod/fastapi-bootstrap-v1-prod',
    ])
    expect(new Set(on('deploy', 'ecs:TagResource'))).toEqual(
      new Set(['arn:aws:ecs:us-east-1:111111111111:task-definition/fastapi-bootstrap-v1-prod:*']),
    )
  })

  it('holds scale-in of its own environment alone', () => {
    const holding = statements('deploy').find(({Action}) =>
      Action.includes('application-autoscaling:RegisterScalableTarget'),
    )
    expect(holding?.Condition).toEqual({
      StringEquals: {'aws:ResourceTag/app': 'fastapi-bootstrap', 'aws:ResourceTag/environment': 'prod'},
    })
  })

  it('rolls back in spite of alarms, and tags what is registered with who did it, and with nothing else', () => {
    expect(on('deploy', 'codedeploy:UpdateDeploymentGroup')).toEqual(on('deploy', 'codedeploy:StopDeployment'))
    const tagging = statements('deploy').filter(({Action}) => Action.includes('ecs:TagResource'))
    expect(tagging.map(({Condition}) => Condition)).toEqual([
      {StringEquals: {'ecs:CreateAction': 'RegisterTaskDefinition'}},
      {'ForAllValues:StringEquals': {'aws:TagKeys': ['fb:rolled-back']}},
    ])
  })
})

it('makes whoever uses a role wait for its rights', () => {
  expect(resource(prod, 'aws_lambda_function.validation').role).toBe(
    'arn:aws:iam::111111111111:role/${aws_iam_role_policy.hooks_allowed.role}',
  )
})

it('keeps names within what IAM allows', () => {
  const app = 'a-name-of-an-application-that-is-as-long-as-people-make-them-now-and-then'
  const long = documentFor({app, knobs: {github: {repository: 'acme/api'}}})
  for (const address of ['execution', 'task', 'codedeploy', 'hooks', 'deploy'])
    expect(resource(long, `aws_iam_role.${address}`).name.length).toBeLessThanOrEqual(64)
})
