import {describe, expect, it} from 'vitest'

import {addresses, documentFor, resource} from '../support/document-for.js'

const hooks = {migration: 'alembic upgrade head', smokePath: '/api/v1/docs'}
const prod = documentFor({env: 'prod', knobs: {hooks}})
const checksOf = (document: ReturnType<typeof documentFor>, name: string) =>
  JSON.parse(resource(document, `aws_lambda_function.${name}`).environment.variables.CHECKS)

it.each([
  ['validation', 'check'],
  ['production', 'check'],
  ['migration', 'migration'],
])('%s is a function in the private subnets, with the code of %s.zip', (name, zip) => {
  expect(resource(prod, `aws_lambda_function.${name}`)).toMatchObject({
    function_name: `CodeDeployHook_fastapi-bootstrap-prod-${name}`,
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    filename: `/hooks/${zip}.zip`,
    source_code_hash: `\${filebase64sha256("/hooks/${zip}.zip")}`,
    reserved_concurrent_executions: 1,
    vpc_config: {subnet_ids: ['a', 'b', 'c'].map((zone) => `\${aws_subnet.private_${zone}.id}`)},
  })
  expect(resource(prod, `aws_cloudwatch_log_group.${name}_hook`)).toMatchObject({
    name: `/aws/lambda/CodeDeployHook_fastapi-bootstrap-prod-${name}`,
    retention_in_days: 90,
    kms_key_id: '${aws_kms_key.main.arn}',
  })
})

it('migrates only where fb.yml says how', () => {
  expect(addresses(documentFor(), 'aws_lambda_function')).toEqual([
    'aws_lambda_function.validation',
    'aws_lambda_function.production',
  ])
  expect(resource(prod, 'aws_lambda_function.migration').environment.variables.COMMAND).toBe(hooks.migration)
})

it('is named by the deployment group, event by event', () => {
  const named = (name: string) => `\${aws_lambda_function.${name}.function_name}`
  expect(resource(prod, 'aws_codedeploy_deployment_group.blue_green').tags).toMatchObject({
    'hook:BeforeInstall': named('migration'),
    'hook:AfterAllowTestTraffic': named('validation'),
    'hook:AfterAllowTraffic': named('production'),
  })
  expect(resource(documentFor(), 'aws_codedeploy_deployment_group.blue_green').tags).not.toHaveProperty(
    'hook:BeforeInstall',
  )
})

it('keeps names within what Lambda takes', () => {
  const {function_name: name} = resource(
    documentFor({app: 'a-rather-long-name-of-an-application', env: 'integration'}),
    'aws_lambda_function.validation',
  )
  expect(name).toMatch(/^CodeDeployHook_a-rather-long-name-of-an-application-/)
  expect(name.length).toBeLessThanOrEqual(64)
})

describe('asks', () => {
  it('the test listener and production, of a lone service everything', () => {
    const url = (name: string) => resource(prod, `aws_lambda_function.${name}`).environment.variables.URL
    expect(url('validation')).toBe('http://${aws_lb.main.dns_name}:9000')
    expect(url('production')).toBe('http://${aws_lb.main.dns_name}')
    const all = {headers: {'x-fb-service': 'v1'}, paths: ['/health', '/api/v1/docs']}
    expect(checksOf(prod, 'validation')).toEqual({'fastapi-bootstrap-v1-prod': all})
    expect(checksOf(prod, 'production')).toEqual({'fastapi-bootstrap-v1-prod': all})
  })

  it('of several services in production only what leads to them', () => {
    const two = documentFor({knobs: {hooks}, services: {v1: {}, v2: {}}})
    const pathsOf = (name: string) =>
      Object.values(checksOf(two, name)).map((check) => (check as {paths: string[]}).paths)
    expect(pathsOf('validation')).toEqual([['/health', '/api/v1/docs'], ['/health']])
    expect(pathsOf('production')).toEqual([['/health', '/api/v1/docs'], []])
  })
})
