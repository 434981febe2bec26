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
    isDirectory: async (path) => (await unlessMissing(stat(at(path)), at(path)))?.isDirectory() ?? false,
    async get(key) {
      const facts = await unlessMissing(stat(at(key)), at(key))
      if (!facts) return undefined
      return {bytes: await readFile(at(key)).catch(refuse(at(key))), etag: '', at: facts.mtime}
    },
    async fingerprint(key) {
      if (!(await unlessMissing(stat(at(key)), at(key)))) return undefined
      return fingerprintOf(createReadStream(at(key))).catch(refuse(at(key)))
    },
    async add(key, bytes) {
      await mkdir(dirname(at(key)), {recursive: true, mode: 0o700}).catch(refuse(dirname(at(key))))
      const file = await open(at(key), 'wx', 0o600).catch(refuse(at(key)))
      try {
        await file.writeFile(bytes)
        await file.sync()
      } catch (error) {
        await rm(at(key), {force: true})
        throw refusal(error, at(key))
      } finally {
        await file.close()
      }
    },
    async remove(keys) {
      for (const key of keys) await rm(at(key), {force: true}).catch(refuse(at(key)))
    },
    async list(prefix) {
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      const names = (await unlessMissing(readdir(at(folder)), at(folder))) ?? []
      return names.map((name) => `${folder}${name}`).filter((key) => key.startsWith(prefix))
    },
  }
}

async function unlessMissing<T>(read: Promise<T>, path: string): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw refusal(error, path)
  }
}

const refuse = (path: string) => (error: unknown) => {
  throw refusal(error, path)
}

/** Node names the file in some of its errors only. */
export function refusal(error: unknown, path: string): FbError {
  const {code, message} = error as NodeJS.ErrnoException
  if (code === 'EEXIST')
    return new FbError(`${path} is there already; fb does not write over a file.`, {code: 'exists'})
  if (code === 'EISDIR')
    return new FbError(`${path} is a directory, and a file is needed.`, {
      code: 'file',
      cause: error,
      next: [`ls ${path}`],
    })
  return new FbError(`The file ${path} cannot be used.`, {
    code: 'file',
    because: [message],
    cause: error,
    next: [`ls -ld ${path}`],
  })
}
