import {createReadStream} from 'node:fs'
import {mkdir, open, readdir, readFile, rm, stat} from 'node:fs/promises'
import {dirname, resolve} from 'node:path'

import {FbError} from '../errors.js'
import {fingerprintOf} from '../fingerprint.js'
import type {Objects} from '../state/store.js'

/** Files of this machine as objects; a key is a path. What fb writes, only its owner may read: states hold secrets. */
export function files(directory: string): Objects & {isDirectory(path: string): Promise<boolean>} {
  const at = (key: string) => resolve(directory, key)
  return {
    place: '',
    isDirectory: async (path) => (await unlessMissing(stat(at(path))))?.isDirectory() ?? false,
    async get(key) {
      const facts = await unlessMissing(stat(at(key)))
      if (!facts) return undefined
      return {bytes: await readFile(at(key)).catch(refuse), etag: '', at: facts.mtime}
    },
    async fingerprint(key) {
      if (!(await unlessMissing(stat(at(key))))) return undefined
      return fingerprintOf(createReadStream(at(key)))
    },
    async add(key, bytes) {
      await mkdir(dirname(at(key)), {recursive: true, mode: 0o700}).catch(refuse)
      const file = await open(at(key), 'wx', 0o600).catch(refuse)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } catch (error) {
        await rm(at(key), {force: true})
        throw refusal(error)
      } finally {
        await file.close()
      }
    },
    async remove(keys) {
      for (const key of keys) await rm(at(key), {force: true}).catch(refuse)
    },
    async list(prefix) {
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      const names = (await unlessMissing(readdir(at(folder)))) ?? []
      return names.map((name) => `${folder}${name}`).filter((key) => key.startsWith(prefix))
    },
  }
}

async function unlessMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw refusal(error)
  }
}

const refuse = (error: unknown): never => {
  throw refusal(error)
}

function refusal(error: unknown): FbError {
  const {code, path, message} = error as NodeJS.ErrnoException
  if (code === 'EEXIST')
    return new FbError(`${path} is there already; fb does not write over a file.`, {code: 'exists'})
  return new FbError(`The file ${path ?? ''} cannot be used.`, {code: 'file', because: [message], cause: error})
}
