import {createCipheriv, createDecipheriv, randomBytes} from 'node:crypto'

import {FbError} from '../errors.js'
import {fingerprintOf} from '../fingerprint.js'
import type {Objects, Stored} from '../state/store.js'

/** Makes and opens the keys that files are encrypted with. */
export type Keys = {
  make(keyId: string): Promise<{key: Uint8Array; sealed: string}>
  open(sealed: string): Promise<Uint8Array>
}

const MARK = '{"fb":"sealed"'
const CIPHER = 'aes-256-gcm'
/** Node takes a tag of four bytes for one: that would be guessed. */
const TAG = {authTagLength: 16}

type Head = {fb: 'sealed'; key: string; iv: string; tag: string}

/**
 * Files of which states are encrypted when `keyId` is given, and decrypted whenever they are: a line that says how, with the
 * data key that only KMS opens, then AES-256-GCM.
 */
export function sealed<Files extends Objects>(files: Files, keys: () => Promise<Keys>, keyId?: string): Files {
  async function get(path: string): Promise<Stored | undefined> {
    const stored = await files.get(path)
    if (!stored || !isSealed(stored.bytes)) return stored
    return {...stored, bytes: await unseal(stored.bytes, await keys(), path)}
  }
  return {
    ...files,
    get,
    async fingerprint(path) {
      const stored = await get(path)
      return stored && fingerprintOf([stored.bytes])
    },
    async add(path, bytes) {
      const secret = keyId && path.endsWith('.tfstate')
      return files.add(path, secret ? await seal(bytes, await keys(), keyId) : bytes)
    },
  }
}

const isSealed = (bytes: Buffer) => bytes.subarray(0, MARK.length).toString() === MARK

async function seal(bytes: Buffer, keys: Keys, keyId: string): Promise<Buffer> {
  const {key, sealed} = await keys.make(keyId)
  const iv = randomBytes(12)
  const cipher = createCipheriv(CIPHER, key, iv, TAG)
  const body = [cipher.update(bytes), cipher.final()]
  const head: Head = {fb: 'sealed', key: sealed, iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64')}
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...body])
}

async function unseal(bytes: Buffer, keys: Keys, path: string): Promise<Buffer> {
  const end = bytes.indexOf('\n')
  const {key, iv, tag} = headOf(bytes.subarray(0, Math.max(0, end)), path)
  const secret = await keys.open(key).catch((error: Error) => {
    throw error.name === 'InvalidCiphertextException' ? badSeal(path, error) : error
  })
  try {
    const decipher = createDecipheriv(CIPHER, secret, Buffer.from(iv, 'base64'), TAG)
    decipher.setAuthTag(Buffer.from(tag, 'base64'))
    return Buffer.concat([decipher.update(bytes.subarray(end + 1)), decipher.final()])
  } catch (error) {
    throw badSeal(path, error)
  }
}

function headOf(line: Buffer, path: string): Head {
  try {
    const head = JSON.parse(line.toString()) as Head
    if ([head.key, head.iv, head.tag].every((part) => typeof part === 'string' && part !== '')) return head
  } catch (error) {
    throw badSeal(path, error)
  }
  throw badSeal(path)
}

const badSeal = (path: string, cause?: unknown) =>
  new FbError(`${path} cannot be decrypted: it is not what was encrypted.`, {code: 'bad_seal', cause})
