import {GetParametersCommand, SSMClient} from '@aws-sdk/client-ssm'

import {type Connection, connect} from './clients.js'

/** As many as GetParameters takes. */
const BATCH = 10

/** Which parameters there are. Their values come with the names and go no further than here, the secret ones sealed. */
export function parameterNames(connection: Connection) {
  const {read} = connect(SSMClient, connection)
  return {
    async missingParameters(names: string[]): Promise<string[]> {
      const batches = Array.from({length: Math.ceil(names.length / BATCH)}, (_, i) => {
        const Names = names.slice(i * BATCH, (i + 1) * BATCH)
        return read(new GetParametersCommand({Names, WithDecryption: false}))
      })
      return (await Promise.all(batches)).flatMap(({InvalidParameters = []}) => InvalidParameters)
    },
  }
}
