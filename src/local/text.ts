import {readFile} from 'node:fs/promises'
import {resolve} from 'node:path'

import {UsageError} from '../errors.js'
import {refusal} from './files.js'

/** The text in a file of this machine. */
export async function readText(directory: string, path: string): Promise<string> {
  const at = resolve(directory, path)
  const bytes = await readFile(at).catch((error: unknown) => {
    throw refusal(error, path)
  })
  return textOf(bytes, path)
}

/** Bytes as text, byte order mark included; what is no UTF-8 would be damaged by any other reading. */
export function textOf(bytes: Buffer, where: string): string {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch {
    throw new UsageError(`${where} is not UTF-8 text.`, {code: 'not_text', state: 'Nothing was changed.'})
  }
}
