import {randomBytes} from 'node:crypto'
import type * as kms from '@aws-sdk/client-kms'
import {Decrypt$, GenerateDataKey$, InvalidCiphertextException, NotFoundException} from '@aws-sdk/client-kms'
import {type Handlers, saying} from '../handlers.js'

export const schemas = {GenerateDataKey$, Decrypt$}

/** What stands for encryption here: the sandbox keeps no secret, so its ciphertext is the key and a mark. */
const MARK = Buffer.from('sandbox-kms:')

export const handlers: Handlers<typeof kms, typeof schemas> = {
  GenerateDataKey({KeyId}, {inventory}) {
    const {account, app, env, region} = inventory.where
    const name = KeyId!.slice(KeyId!.indexOf('alias/'))
    if (name !== `alias/${app}-${env}`) throw new NotFoundException(saying(`Alias ${name} is not found.`))
    const key = randomBytes(32)
    const arn = `arn:aws:kms:${region}:${account}:key/00000000-0000-4000-8000-000000000000`
    return {KeyId: arn, Plaintext: key, CiphertextBlob: Buffer.concat([MARK, key])}
  },
  Decrypt({CiphertextBlob}) {
    const blob = Buffer.from(CiphertextBlob!)
    if (!blob.subarray(0, MARK.length).equals(MARK)) throw new InvalidCiphertextException(saying(''))
    return {Plaintext: blob.subarray(MARK.length)}
  },
}
