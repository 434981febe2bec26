import {expect, it} from 'vitest'

import {isHttpsOnly, type Policy, type Statement, withHttpsOnly} from '../../src/state/backend/https-only.js'

const arn = 'arn:aws:s3:::app-terraform-state'

const deny: Statement = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [arn, `${arn}/*`],
  Condition: {Bool: {'aws:SecureTransport': 'false'}},
}
const policy = (more: object = {}): Policy => ({Statement: [{...deny, ...more} as Statement]})

it.each<[string, Policy]>([
  ['as fb writes it', withHttpsOnly(undefined, arn)],
  ['one statement that is no list', {Statement: deny}],
  ['every AWS principal', policy({Principal: {AWS: ['*']}})],
  ['every action', policy({Action: ['*']})],
  ['every resource', policy({Resource: '*'})],
  ['another spelling', policy({Condition: {BoolIfExists: {'AWS:securetransport': [false]}}})],
])('knows a bucket that takes HTTPS only: %s', (_, given) => {
  expect(isHttpsOnly(given, arn)).toBe(true)
})

it.each<[string, Policy | undefined]>([
  ['no policy', undefined],
  ['only the objects', policy({Resource: `${arn}/*`})],
  ['another bucket', policy({Resource: ['arn:aws:s3:::other', 'arn:aws:s3:::other/*']})],
  ['only reading', policy({Action: 's3:GetObject'})],
  ['only some', policy({Principal: {AWS: 'arn:aws:iam::111111111111:root'}})],
  ['it allows', policy({Effect: 'Allow'})],
  ['HTTPS is what it denies', policy({Condition: {Bool: {'aws:SecureTransport': 'true'}}})],
  ['a second condition', policy({Condition: {...deny.Condition, StringEquals: {'aws:SourceVpc': 'vpc-1'}}})],
  ['no condition', policy({Condition: undefined})],
])('is not deceived: %s', (_, given) => {
  expect(isHttpsOnly(given, arn)).toBe(false)
})

it('leaves every other statement and adds one that holds', () => {
  const theirs = [
    {Sid: 'DenyPlainHttp', Effect: 'Deny', Principal: '*' as const, Action: 's3:GetObject', Resource: `${arn}/*`},
    {Effect: 'Allow', Principal: {AWS: 'arn:aws:iam::111111111111:root'}, Action: 's3:*', Resource: arn},
  ]
  const given = {Version: '2008-10-17', Id: 'ours', Statement: theirs}
  const merged = withHttpsOnly(given, arn)
  expect(merged).toMatchObject({Version: '2008-10-17', Id: 'ours', Statement: [...theirs, {Sid: 'DenyPlainHttp2'}]})
  expect(isHttpsOnly(merged, arn)).toBe(true)
})
