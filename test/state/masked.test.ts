import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {masked} from '../../src/state/document/masked.js'
import {saysSecret} from '../../src/state/document/secret-names.js'

const CANARY = 'hunter2-canary'
const S = '(sensitive)'

it('hides what Terraform recorded as sensitive, however deep', () => {
  const attributes = {id: 'x', list: [{a: 1}, {a: 'one', b: 'two'}], map: {'k.1': 'v', other: 'w'}}
  expect(
    masked('aws_x', attributes, [
      ['list', 1, 'a'],
      ['map', 'k.1'],
      ['gone', 'x'],
    ]),
  ).toEqual({
    id: 'x',
    list: [{a: 1}, {a: S, b: 'two'}],
    map: {'k.1': S, other: 'w'},
  })
})

it('hides more rather than less where a recorded path does not fit the value', () => {
  const wrapped = {input: {value: {a: CANARY}, type: ['object', {a: 'string'}]}}
  expect(masked('terraform_data', wrapped, [['input', 'a']])).toEqual({input: S})
  expect(masked('aws_x', {a: CANARY, b: CANARY}, [[]])).toEqual({a: S, b: S})
})

it('hides what the schema of the AWS provider marks, in blocks too', () => {
  expect(masked('aws_ssm_parameter', {name: '/app/dev/X', value: CANARY}, [])).toEqual({name: '/app/dev/X', value: S})
  expect(
    masked('aws_lb_listener', {default_action: [{authenticate_oidc: [{client_secret: CANARY, client_id: 'c'}]}]}, []),
  ).toEqual({default_action: [{authenticate_oidc: [{client_secret: S, client_id: 'c'}]}]})
  expect(masked('aws_vpn_connection', {customer_gateway_configuration: CANARY}, [])).toEqual({
    customer_gateway_configuration: S,
  })
})

it('hides the values of environment variables whose names say that they are secret', () => {
  const containers = (value: string) => [
    {
      image: 'app:1',
      environment: [
        {name: 'DB_PASSWORD', value},
        {name: 'LOG_LEVEL', value: 'info'},
      ],
      secrets: [{name: 'API_TOKEN', valueFrom: '/app/dev/API_TOKEN'}],
    },
  ]
  const given = {container_definitions: JSON.stringify(containers(CANARY))}
  expect(masked('aws_ecs_task_definition', given, [])).toEqual({container_definitions: JSON.stringify(containers(S))})
  const lambda = {environment: [{variables: {JWT_SECRET: CANARY, TABLE: 'users'}}]}
  expect(masked('aws_lambda_function', lambda, [])).toEqual({
    environment: [{variables: {JWT_SECRET: S, TABLE: 'users'}}],
  })
})

it('hides what a program is told in its environment under any name, except what is harmless everywhere', () => {
  const shown = ['LOG_LEVEL', 'ENV', 'PORT', 'AWS_REGION', 'DB_PORT', 'APP_VERSION', 'WORKERS']
  const hidden = ['DATABASE_URL', 'BROKER', 'JAVA_OPTIONS', 'PIN', 'APP_NAME', 'SECRET_VERSION_PASSWORD']
  const names = [...shown, ...hidden]
  const seen = (name: string) => (shown.includes(name) ? CANARY : S)
  const pairs = (value: (name: string) => string) => names.map((name) => ({name, value: value(name)}))
  const map = (value: (name: string) => string) => Object.fromEntries(names.map((name) => [name, value(name)]))
  type Value = (name: string) => string
  for (const [type, of] of Object.entries({
    aws_ecs_task_definition: (value: Value) => ({
      container_definitions: JSON.stringify([{image: 'app:1', environment: pairs(value)}]),
    }),
    aws_batch_job_definition: (value: Value) => ({
      container_properties: JSON.stringify({environment: pairs(value), vcpus: 1}),
    }),
    aws_lambda_function: (value: Value) => ({environment: [{variables: map(value)}]}),
    aws_codebuild_project: (value: Value) => ({
      environment: [{compute_type: 'BUILD_GENERAL1_SMALL', image: 'i', environment_variable: pairs(value)}],
    }),
    aws_amplify_app: (value: Value) => ({environment_variables: map(value)}),
  }))
    expect(
      masked(
        type,
        of(() => CANARY),
        [],
      ),
      type,
    ).toEqual(of(seen))
})

it('shows where a variable comes from', () => {
  const environment = [
    {environment_variable: [{name: 'DATABASE_URL', type: 'PARAMETER_STORE', value: '/app/dev/DATABASE_URL'}]},
  ]
  expect(masked('aws_codebuild_project', {environment}, [])).toEqual({environment})
  const variables = {environment: [{variables: {QUEUE: 'arn:aws:sqs:us-east-1:111111111111:jobs'}}]}
  expect(masked('aws_lambda_function', variables, [])).toEqual(variables)
})

it('hides the output that is a sensitive input again', () => {
  const given = {id: 'x', input: {a: CANARY, b: 'two'}, output: {a: CANARY, b: 'two'}}
  const hidden = {id: 'x', input: {a: S, b: 'two'}, output: {a: S, b: 'two'}}
  expect(masked('terraform_data', given, [['input', 'a']])).toEqual(hidden)
  const wrapped = {output: {value: CANARY, type: 'string'}, input: {value: CANARY, type: 'string'}}
  expect(masked('terraform_data', wrapped, [['input']])).toEqual({output: S, input: S})
})

it('hides what a resource is for whose type says that it is sensitive', () => {
  const given = {filename: 'a.txt', content: CANARY, content_base64: CANARY, content_sha256: CANARY}
  const hidden = {filename: 'a.txt', content: S, content_base64: S, content_sha256: S}
  expect(masked('local_sensitive_file', given, [])).toEqual(hidden)
  expect(masked('local_file', {content: 'plain'}, [])).toEqual({content: 'plain'})
})

it('hides what another state tells this one', () => {
  const given = {backend: 's3', outputs: {value: {url: CANARY}, type: ['object', {}]}, defaults: {url: CANARY}}
  expect(masked('terraform_remote_state', given, [])).toEqual({backend: 's3', outputs: S, defaults: S})
})

it('leaves a JSON text that hides nothing exactly as it is', () => {
  const policy = `{
    "Statement": [{"Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:1:secret:a"}],
    "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}
  }`
  expect(masked('aws_iam_policy', {policy}, [])).toEqual({policy})
})

it('hides secrets that stand in the middle of a text', () => {
  const of = (text: string) => masked('aws_x', {text}, []).text
  expect(of(`postgres://app:${CANARY}@db:5432/app`)).toBe('postgres://(sensitive)@db:5432/app')
  expect(of(`curl -H "Authorization: Bearer ${CANARY}-0123456789"`)).not.toContain(CANARY)
  for (const token of [CANARY, 'abcdef', 'eyJhbGciOi.J9.x_y-z'])
    expect(of(`{x: bearer ${token}}, Bearer%20${token}`)).toBe(`{x: bearer ${S}}, Bearer%20${S}`)
  expect(of(`run --db-password=${CANARY} --port=80`)).toBe('run --db-password=(sensitive) --port=80')
  expect(of(`_DB_PASSWORD = "${CANARY} 2"`)).toBe('_DB_PASSWORD = (sensitive)')
  expect(of(`#!/bin/sh\nexport API_KEY='${CANARY}'\nstart`)).toBe('#!/bin/sh\nexport API_KEY=(sensitive)\nstart')
  expect(of(`app:\n  - db_password: ${CANARY}\n  level: info`)).toBe(
    'app:\n  - db_password: (sensitive)\n  level: info',
  )
  expect(of(`-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\n`)).toBe(S)
  for (const plain of [
    'https://example.com/a?b=c',
    'a=b',
    'Basic plan',
    'Bearer tokens',
    'arn:aws:iam::1:role/secret',
    '{not json',
  ])
    expect(of(plain)).toBe(plain)
})

it('reads through a long text once', () => {
  for (const text of ['a', '-', '=', 'a=', '://', "a='", '-----BEGIN ', '\n- '].map((part) => part.repeat(500_000)))
    expect(masked('aws_x', {text}, [])).toEqual({text})
})

describe('a name', () => {
  const secret =
    'password db_password DB_PASS masterUserPassword secret client_secret SECRET_KEY_BASE private_key access_key api_key ' +
    'auth_token oauth_token tunnel1_preshared_key /app/dev/DB_PASSWORD spring.datasource.password secret_id apiKey JWT_KEY ' +
    'secret_string password_wo encrypted_password kms_grant_token credentials passwords SENTRY_DSN DBPASSWORD access_token ' +
    'plaintext_value plaintext user_data user_data_base64 userData'
  for (const name of secret.split(' ')) it(`${name} says secret`, () => expect(saysSecret(name)).toBe(true))
  const plain =
    'secret_arn kms_key_id password_length public_key key_name partition_key private_ip private_dns_name access_key_id ' +
    'password_policy token_endpoint password_wo_version creation_token verification_token max_tokens secret_name author ' +
    'token.actions.githubusercontent.com:aud aws:SecureTransport s3_key auth_type api_key_source credit_specification ' +
    'minimum_password_length authorization no_password_required compass user_data_replace_on_change user_database'
  for (const name of plain.split(' ')) it(`${name} does not`, () => expect(saysSecret(name)).toBe(false))
})

const NAME = fc.constantFrom('a', 'tags', 'environment', 'name', 'value', 'block', 'user_data')
const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    {depthSize: 'medium'},
    fc.constantFrom('x', 1, true, null),
    fc.dictionary(NAME, tie('value'), {maxKeys: 4}),
    fc.array(tie('value'), {maxLength: 3}),
  ),
})).value

/** Puts the canary at a place that is found by walking down, through JSON texts where the walk says so. */
function plant(at: unknown, secret: object, walk: number[]): unknown {
  const [step = 0, ...rest] = walk
  if (step % 5 === 4) return JSON.stringify(plant(at, secret, rest))
  if (Array.isArray(at) && at.length > 0)
    return at.map((one, i) => (i === step % at.length ? plant(one, secret, rest) : one))
  if (at === null || typeof at !== 'object' || Array.isArray(at)) return secret
  const names = Object.keys(at)
  const chosen = names[step % (names.length + 1)]
  if (chosen === undefined) return {...at, ...secret}
  return {...at, [chosen]: plant((at as Record<string, unknown>)[chosen], secret, rest)}
}

const planted = fc.constantFrom<object>(
  {db_password: CANARY},
  {token: [CANARY, {inner: CANARY}]},
  {credentials: {user: {pin: CANARY}}},
  {env: {name: 'API_SECRET', value: CANARY}},
  {Parameter: {ParameterKey: 'DbPassword', ParameterValue: CANARY}},
  {url: `amqp://u:${CANARY}@mq`},
)

it('lets no secret through, wherever it stands', () => {
  fc.assert(
    fc.property(fc.dictionary(NAME, tree), planted, fc.array(fc.nat(9), {maxLength: 8}), (attributes, secret, walk) => {
      const given = {...attributes, planted: plant(attributes, secret, walk)}
      expect(JSON.stringify(masked('aws_x', given, []))).not.toContain(CANARY)
    }),
  )
})

it('lets nothing through that is recorded as sensitive', () => {
  fc.assert(
    fc.property(fc.dictionary(NAME, tree), fc.array(fc.nat(9), {maxLength: 6}), (attributes, walk) => {
      const path: (string | number)[] = ['secret_place']
      let value: unknown = CANARY
      for (const step of walk) {
        value = step % 2 ? {[`k${step}`]: value, other: 1} : [value, 2]
        path.splice(1, 0, step % 2 ? `k${step}` : 0)
      }
      const result = masked('aws_x', {...attributes, secret_place: value}, [path])
      expect(JSON.stringify(result)).not.toContain(CANARY)
    }),
  )
})
