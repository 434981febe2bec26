import {digestOf, inventoryOf} from './inventory.js'
import type {ParameterRecord, Parameters, ParameterVersion} from './parameters.js'
import type {State} from './state.js'

const day = 24 * 60 * 60_000

type Seed = {value: string; daysAgo: number; by: string}

/** What the task definitions of the sandbox name, and one that none does. */
export function seedParameters({where, seededAt}: State): Parameters {
  const inventory = inventoryOf(where)
  const {parameterPath, kmsKey} = inventory
  const caller = (name: string) => `arn:aws:sts::${where.account}:assumed-role/sandbox/${name}`
  const record = (type: ParameterVersion['type'], description: string, seeds: Seed[]): ParameterRecord => ({
    tags: {Application: where.app, Environment: where.env},
    versions: seeds.map(({value, daysAgo, by}, i) => ({
      version: i + 1,
      at: seededAt - daysAgo * day,
      by: caller(by),
      type,
      value,
      tier: 'Standard',
      description,
      ...(type === 'SecureString' && {keyId: kmsKey}),
      labels: [],
    })),
  })
  const url = (login: string) => `postgresql://${login}@db.sandbox.internal:5432/app`
  const secret = digestOf(`secret ${parameterPath}`)
  return {
    [`${parameterPath}DATABASE_URL`]: record('SecureString', 'the application’s database', [
      {value: url('postgres:sandbox-first'), daysAgo: 12, by: 'maria'},
      {value: url(`${where.app}:sandbox`), daysAgo: 7, by: 'jonas'},
    ]),
    [`${parameterPath}SECRET_KEY`]: record('SecureString', 'signs the sessions', [
      {value: secret, daysAgo: 12, by: 'maria'},
    ]),
    [`${parameterPath}LOG_LEVEL`]: record('String', '', [{value: 'info', daysAgo: 12, by: 'maria'}]),
  }
}
