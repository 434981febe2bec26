import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'

import {namesOf} from '../../src/config/names.js'
import {readTemplates} from '../../src/repository/templates.js'

const place = {app: 'fastapi-bootstrap', service: 'v1'}
const names = namesOf({...place, env: 'dev'})
const fill = {account: '111111111111', region: 'eu-west-1', names}
let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fb-templates-'))
  mkdirSync(join(root, '.aws'))
  mkdirSync(join(root, 'app', 'deep'), {recursive: true})
})
afterEach(() => rmSync(root, {recursive: true, force: true}))

const write = (name: string, content: unknown) =>
  writeFileSync(join(root, name), typeof content === 'string' ? content : JSON.stringify(content, undefined, 2))
const definition = (more: object = {}, container: object = {}) => ({
  family: names.family,
  executionRoleArn: 'arn:aws:iam::ACCOUNT_ID:role/ecsTaskExecutionRole',
  containerDefinitions: [
    {
      name: names.container,
      image: '<IMAGE>',
      environment: [{name: 'ACCOUNT_ID', value: 'ACCOUNT_ID'}],
      secrets: [
        {
          name: 'DATABASE_URL',
          valueFrom: 'arn:aws:ssm:<AWS_REGION>:ACCOUNT_ID:parameter/fastapi-bootstrap/dev/DATABASE_URL',
        },
      ],
      logConfiguration: {
        logDriver: 'awslogs',
        options: {'awslogs-group': names.logGroup, 'awslogs-stream-prefix': names.streamPrefix},
      },
      ...container,
    },
  ],
  ...more,
})

it('finds the template above the working directory and fills account and region in, but not in names', () => {
  write(names.taskDefinitionTemplate, definition())
  const {taskDefinition, appSpec} = readTemplates(join(root, 'app', 'deep'), names, fill)
  expect(taskDefinition?.file).toBe('../../.aws/task-definition-v1-dev.json')
  expect(taskDefinition?.definition).toMatchObject({
    executionRoleArn: 'arn:aws:iam::111111111111:role/ecsTaskExecutionRole',
    containerDefinitions: [
      {
        environment: [{name: 'ACCOUNT_ID', value: '111111111111'}],
        secrets: [{valueFrom: 'arn:aws:ssm:eu-west-1:111111111111:parameter/fastapi-bootstrap/dev/DATABASE_URL'}],
      },
    ],
  })
  expect(appSpec).toBeUndefined()
})

it('makes another environment’s template this one’s: family, log group, parameters', () => {
  write(names.taskDefinitionTemplate, definition())
  const prod = namesOf({...place, env: 'prod'})
  const {taskDefinition} = readTemplates(root, names, {...fill, names: prod})
  const text = JSON.stringify(taskDefinition?.definition)
  expect(taskDefinition?.definition.family).toBe('fastapi-bootstrap-v1-prod')
  expect(text).toContain('/ecs/fastapi-bootstrap-prod')
  expect(text).toContain('parameter/fastapi-bootstrap/prod/DATABASE_URL')
  expect(text).not.toContain('dev')
})

it('reads an AppSpec whatever the case of its keys, and keeps its hooks', () => {
  write(
    names.appSpecTemplate,
    `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: <TASK_DEFINITION>
        loadBalancerInfo: {ContainerName: fastapi-bootstrap-v1, containerPort: 8000}
        PlatformVersion: "1.4.0"
Hooks:
  - BeforeAllowTraffic: "arn:aws:lambda:REGION:ACCOUNT_ID:function:check"
`,
  )
  expect(readTemplates(root, names, fill).appSpec?.template).toEqual({
    container: 'fastapi-bootstrap-v1',
    port: 8000,
    platformVersion: '1.4.0',
    hooks: [{BeforeAllowTraffic: 'arn:aws:lambda:eu-west-1:111111111111:function:check'}],
  })
})

it.each([
  [
    'an unknown placeholder',
    definition({taskRoleArn: 'arn:aws:iam::ACCOUNT_ID:role/<TASK_ROLE>'}),
    /json:29: fb does not know the placeholder <TASK_ROLE>/,
  ],
  [
    'an account that was never filled in',
    definition({taskRoleArn: 'arn:aws:iam::YOUR_ACCOUNT:role/x'}),
    /placeholder YOUR_ACCOUNT/,
  ],
  ['mustaches', definition({}, {command: ['{{ command }}']}), /placeholder \{\{ command \}\}/],
  ['JSON that ends too early', '{\n  "family": "x",\n', /json:3: /],
  ['JSON with a word too many', '{\n  "family": x\n}', /json:2: Unexpected token/],
  ['a list', '[]', /containerDefinitions is missing/],
])('refuses %s, with file and line', (_, content, message) => {
  write(names.taskDefinitionTemplate, content)
  expect(() => readTemplates(root, names, fill)).toThrow(message)
})

it('refuses a placeholder for the image of another container', () => {
  const sidecar = {name: 'agent', image: '<SIDECAR_IMAGE>'}
  const both = definition()
  write(names.taskDefinitionTemplate, {...both, containerDefinitions: [...both.containerDefinitions, sidecar]})
  expect(() => readTemplates(root, names, fill)).toThrow(/placeholder <SIDECAR_IMAGE>/)
})

it('turns the roles of another environment into this one’s', () => {
  write(
    names.taskDefinitionTemplate,
    definition({taskRoleArn: 'arn:aws:iam::ACCOUNT_ID:role/fastapi-bootstrap-dev-task'}),
  )
  const prod = namesOf({...place, env: 'prod'})
  const {taskDefinition} = readTemplates(root, names, {...fill, names: prod})
  expect(taskDefinition?.definition.taskRoleArn).toBe('arn:aws:iam::111111111111:role/fastapi-bootstrap-prod-task')
})
