import type * as ssm from '@aws-sdk/client-ssm'
import {GetParameters$} from '@aws-sdk/client-ssm'
import type {Account} from '../account.js'
import {activeFault} from '../faults.js'
import type {Handlers} from '../handlers.js'

export const schemas = {GetParameters$}

/** The parameters of the application that the sandbox begins with. */
const seeded = ['DATABASE_URL', 'SECRET_KEY']

export const handlers: Handlers<typeof ssm, typeof schemas> = {
  GetParameters({Names = []}, account) {
    const known = parametersOf(account)
    return {
      Parameters: Names.filter((name) => known.includes(name)).map((name) => parameter(account, name)),
      InvalidParameters: Names.filter((name) => !known.includes(name)),
    }
  },
}

function parametersOf({inventory, state, now}: Account): string[] {
  const missing = activeFault(state.faults, 'missing-param', now)?.argument
  return seeded.filter((key) => key !== missing).map((key) => inventory.parameterPath + key)
}

const parameter = ({inventory}: Account, name: string): ssm.Parameter => ({
  Name: name,
  Type: 'SecureString',
  Value: 'AQICAHh0c2VhbGVk',
  Version: 1,
  ARN: inventory.arn('ssm', `parameter${name}`),
  DataType: 'text',
})
