import {readFile, rename, rm, writeFile} from 'node:fs/promises'
import {resolve} from 'node:path'

import {UsageError} from '../errors.js'
import type {Kept} from '../logs/tail.js'

const VERSION = 2

/** Where reading of logs ended, in a file that is whole at any moment: a new one takes the place of the old one. */
export function cursorFile(directory: string, name: string) {
  const path = resolve(directory, name)
  return {
    async load(): Promise<Kept[]> {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw unusable(path, error.message)
      })
      return text === undefined ? [] : parsed(text, path)
    },
    async keep(kept: Kept[]): Promise<void> {
      const fresh = `${path}.new`
      try {
        await writeFile(fresh, JSON.stringify({version: VERSION, kept}), {mode: 0o600})
        await rename(fresh, path)
      } catch (error) {
        await rm(fresh, {force: true}).catch(() => {})
        throw unusable(path, (error as Error).message)
      }
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
