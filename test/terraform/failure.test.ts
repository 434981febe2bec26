import {expect, it} from 'vitest'

import {applyFailure} from '../../src/terraform/apply-failure.js'
import {terraformFailure} from '../../src/terraform/failure.js'
import type {Diagnostic} from '../../src/terraform/said.js'

const nowhere = () => undefined
const error = (summary: string, detail = ''): Diagnostic => ({severity: 'error', summary, detail})

/** Recorded from Terraform 1.11, with S3's backend and a lock table. */
const LOCK = `ConditionalCheckFailedException: The conditional request failed
Lock Info:
  ID:        5c2f6a4e-0000-4000-8000-000000000001
  Path:      app-terraform-state/app/dev/terraform.tfstate
  Operation: OperationTypeApply
  Who:       bob@ci-runner-7
  Version:   1.11.4
  Created:   2026-11-27 03:15:00.1 +0000 UTC
  Info:

Terraform acquires a state lock to protect the state from being written
by multiple users at the same time.`

it('says of a lock that was waited for in vain who holds it, since when, and for what', () => {
  expect(terraformFailure('x', [error('Error acquiring the state lock', LOCK)], [], nowhere)).toMatchObject({
    message: 'The state is locked by bob@ci-runner-7.',
    exitCode: 5,
    because: ['apply · since 2026-11-27 03:15 UTC · lock 5c2f6a4e-0000-4000-8000-000000000001'],
  })
})

it.each([
  ['AccessDeniedException: User x is not authorized to perform: dynamodb:PutItem', 'Your role may not', 4],
  ['dial tcp 10.0.0.1:443: i/o timeout', 'Terraform cannot reach AWS.', 1],
  ['StatusCode: 500, api error InternalServerError: UnknownError', 'It could not.', 1],
])('takes no lock for held that could not be asked for: %s', (reason, message, exitCode) => {
  const detail = `Error message: operation error DynamoDB: PutItem, ${reason}\n\nTerraform acquires a state lock to protect the state.`
  const failure = terraformFailure('It could not.', [error('Error acquiring the state lock', detail)], [], nowhere)
  expect(failure).toMatchObject({message: expect.stringContaining(message), exitCode})
})

const after = {of: 9, done: 3, begun: 4, failed: ['aws_lb.main'], cut: [], interrupted: false}

it('keeps the way to log in when some calls of an apply were refused for it', () => {
  const ran = {
    ok: false as const,
    diagnostics: [error('creating', 'ExpiredToken: the token has expired')],
    complaint: [],
  }
  const failure = applyFailure('It could not.', ran, after, nowhere)
  expect(failure).toMatchObject({exitCode: 6, next: ['aws sso login', 'fb infra up']})
})

it('does not speak of what is made when nothing is', () => {
  const ran = {ok: false as const, diagnostics: [error('Failed to save state')], complaint: []}
  const kept = 'errored.tfstate'
  const {state} = applyFailure('x', ran, {...after, done: 0, begun: 0, failed: [], kept}, nowhere)
  expect(state).toBe(
    'Nothing was changed. The state could not be saved: it is in errored.tfstate, for you alone to read.',
  )
})
