import {readFile, rename, rm, writeFile} from 'node:fs/promises'
import {resolve} from 'node:path'

import {UsageError} from '../errors.js'
import type {Kept} from '../logs/tail.js'

const VERSION = 3

/** Where reading of logs ended, in a file that is whole at any moment: a new one takes the place of the old one. */
export function cursorFile(directory: string, name: string) {
  const path = resolve(directory, name)
  const fresh = `${path}.new`
  const refuse = async (error: unknown): Promise<never> => {
    await rm(fresh, {force: true}).catch(() => {})
    throw unusable(path, (error as Error).message)
  }
  return {
    /** Lines whose place could not be kept would come again: that is told before the first of them. */
    async load(): Promise<Kept[]> {
      await writeFile(fresh, '', {mode: 0o600})
        .then(() => rm(fresh))
        .catch(refuse)
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw unusable(path, error.message)
      })
      return text === undefined ? [] : parsed(text, path)
    },
    async keep(kept: Kept[]): Promise<void> {
      await writeFile(fresh, JSON.stringify({version: VERSION, kept}), {mode: 0o600})
        .then(() => rename(fresh, path))
        .catch(refuse)
    },
  }
}

function parsed(text: string, path: string): Kept[] {
  try {
    const {version, kept} = JSON.parse(text) as {version: number; kept: Kept[]}
    if (version === VERSION && Array.isArray(kept)) return kept
  } catch {
    // The same as a file of something else.
  }
  throw unusable(path, 'It was not written by this version of fb logs tail.')
}

const unusable = (path: string, reason: string) =>
  new UsageError(`--cursor: the file ${path} cannot be used.`, {
    code: 'bad_cursor',
    because: [reason],
    next: ['--cursor another-file'],
  })
