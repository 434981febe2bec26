import {DecryptCommand, GenerateDataKeyCommand, KMSClient} from '@aws-sdk/client-kms'

import {NotFound} from '../errors.js'
import type {Keys} from '../local/sealed.js'
import {type Connection, connect} from './clients.js'

/** Keys that only KMS can open again. */
export function kms(connection: Connection): Keys {
  const {read} = connect(KMSClient, connection)
  return {
    async make(keyId) {
      const answer = await read(new GenerateDataKeyCommand({KeyId: keyId, KeySpec: 'AES_256'})).catch(named(keyId))
      return {key: answer.Plaintext!, sealed: Buffer.from(answer.CiphertextBlob!).toString('base64')}
    },
    async open(sealed) {
      return (await read(new DecryptCommand({CiphertextBlob: Buffer.from(sealed, 'base64')}))).Plaintext!
    },
  }
}

const named =
  (keyId: string) =>
  (error: Error): never => {
    if (error.name !== 'NotFoundException') throw error
    throw new NotFound(`There is no KMS key ${keyId}.`, {
      code: 'no_key',
      because: [error.message],
      next: ['fb infra up'],
    })
  }
