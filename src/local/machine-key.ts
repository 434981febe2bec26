import {createHmac, randomBytes} from 'node:crypto'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'

const BYTES = 32
const SHOWN = 6

/**
 * Compares values on this machine alone: the first digits of a keyed hash, whose key is made once and never leaves it. A log
 * that has them tells nobody anything.
 */
export function fingerprinter(file: string): (value: string) => string {
  let key: Buffer | undefined
  return (value) => {
    key ??= keyIn(file)
    return createHmac('sha256', key).update(value).digest('hex').slice(0, SHOWN)
  }
}

function keyIn(file: string): Buffer {
  const known = readKey(file)
  if (known) return known
  try {
    mkdirSync(dirname(file), {recursive: true, mode: 0o700})
    writeFileSync(file, randomBytes(BYTES), {mode: 0o600, flag: 'wx'})
  } catch {}
  // Another fb was quicker, or nothing can be kept here: then it holds for this command.
  return readKey(file) ?? randomBytes(BYTES)
}

function readKey(file: string): Buffer | undefined {
  try {
    const key = readFileSync(file)
    return key.length === BYTES ? key : undefined
  } catch {
    return undefined
  }
}
