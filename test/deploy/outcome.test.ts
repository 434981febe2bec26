import {expect, it} from 'vitest'

import {exitCodeOf, type Outcome, outcomeText, type Result} from '../../src/deploy/outcome.js'
import {canvas} from '../support/canvas.js'

const release = (number: number) => ({number, taskDefinitionArn: `arn:${number}`, image: `repo:${number}`})

const ended = (result: Result, more: Partial<Outcome> = {}): string =>
  outcomeText(
    {
      env: 'prod',
      account: '1',
      region: 'us-east-1',
      service: 'v1',
      result,
      release: release(4),
      previous: release(3),
      traffic: {blue: 100, green: 0},
      next: [],
      exitCode: exitCodeOf(result),
      ...more,
    },
    canvas({width: 1000}),
  ).join('\n')

it.each(['rolled_back', 'failed', 'timeout'] as const)('says that the schema stays when the end is %s', (result) => {
  const migration = {command: 'alembic upgrade head', exitCode: 0}
  expect(ended(result, {migration})).toContain('The migration has run: the schema stays, v3 has to work with it.')
  expect(ended(result)).not.toContain('schema')
})
