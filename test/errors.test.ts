import {describe, expect, it} from 'vitest'

import {explain, isThrottled, isUnsent, mayHaveHappened} from '../src/errors.js'

const named = (name: string, message: string, more = {}) => Object.assign(new Error(message), {name, ...more})
const login = (message: string, more = {}) => named('CredentialsProviderError', message, more)
const coded = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.1:443`), {code})

describe('a login that does not succeed', () => {
  it.each([
    login('Error: getaddrinfo ENOTFOUND portal.sso.us-east-1.amazonaws.com'),
    login('Could not read credentials', {cause: coded('ECONNREFUSED')}),
    login('connect', {code: 'ETIMEDOUT'}),
  ])('for the network is no fault of the credentials: $message', (error) => {
    expect(explain(error)).toMatchObject({code: 'unreachable', exitCode: 1})
  })

  it.each([
    'Could not resolve credentials using profile: [prdo] in configuration/credentials file(s).',
    'Profile prdo could not be found in shared credentials file.',
  ])('names a profile that does not exist: %s', (message) => {
    expect(explain(login(message, {profile: 'prdo'}))).toMatchObject({
      message: 'There is no AWS profile prdo with credentials.',
      exitCode: 4,
      next: expect.arrayContaining(['aws configure list-profiles']),
    })
  })
})

it.each([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
])('a proxy that answers in place of AWS is explained, at a call and at the login: %s', (code) => {
  for (const error of [coded(code), login(`Error: ${code}`)]) {
    const {code, next} = explain(error)
    expect(code).toBe('untrusted_certificate')
    expect(next.join()).toContain('NODE_EXTRA_CA_CERTS')
  }
})

describe('a write without an answer', () => {
  const unsent = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].map(coded)

  it.each([...unsent, named('TimeoutError', 'connect ETIMEDOUT', {code: 'ETIMEDOUT', syscall: 'connect'})])(
    'that was never sent has not happened, and may be repeated: $message',
    (error) => {
      expect(mayHaveHappened(error)).toBe(false)
      expect(isUnsent(error)).toBe(true)
    },
  )

  it('that fb or the SDK failed to make has not happened', () => {
    expect(mayHaveHappened(new TypeError('x is not iterable'))).toBe(false)
    expect(mayHaveHappened(named('Error', 'Empty value provided for input HTTP label', {sent: false}))).toBe(false)
    expect(mayHaveHappened(coded('SELF_SIGNED_CERT_IN_CHAIN'))).toBe(false)
  })

  it.each([
    coded('ECONNRESET'),
    coded('EPIPE'),
    named('TimeoutError', 'a request has exceeded the configured requestTimeout', {code: 'ETIMEDOUT'}),
    named('InternalFailure', 'The request processing has failed', {$metadata: {httpStatusCode: 500}}),
    new SyntaxError('of no known origin'),
  ])('that was on its way may have happened, and is not just repeated: $message', (error) => {
    expect(mayHaveHappened(error)).toBe(true)
    expect(isUnsent(error)).toBe(false)
  })
})

it('does not hand on the advice of the SDK to programmers when a proxy answers in place of AWS', () => {
  const message = `Unexpected token '<', "<!doctype "\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response`
  const {message: said} = explain(named('SyntaxError', message, {$metadata: {httpStatusCode: 404}}))
  expect(said).toBe('AWS said no: HTTP 404, with no answer of AWS')
})

it('knows how ECS throttles the registrations of a family', () => {
  const message = 'Too many concurrent attempts to create a new revision of the specified family.'
  expect(isThrottled(named('ClientException', message))).toBe(true)
  expect(isThrottled(named('ClientException', 'Container.image should not be null'))).toBe(false)
})
