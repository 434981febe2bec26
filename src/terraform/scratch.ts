import {lstatSync, mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {FbError} from '../errors.js'
import type {Parent} from './child.js'
import {CLOCKS_DIFFER, processOf} from './processes.js'

const PREFIX = 'fb-terraform-'

/** Gives the work a directory that only this user can read, and leaves nothing of it however the work ends. */
export async function withScratch<T>(parent: Parent, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = made(`${PREFIX}${parent.pid}-`)
  const remove = () => rmSync(directory, {recursive: true, force: true})
  parent.atExit(remove)
  try {
    await sweep(lstatSync(directory).uid)
    return await work(directory)
  } finally {
    remove()
  }
}

function made(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix))
  } catch (error) {
    throw noRoom(error)
  }
}

/** A state holds secrets, so it is never put elsewhere when the system's place for temporary files fails. */
export const noRoom = (error: unknown) =>
  new FbError(`Terraform needs a copy of the state, and it cannot be written to ${tmpdir()}.`, {
    code: 'no_scratch',
    because: [(error as Error).message],
    next: ['export TMPDIR=/a/directory/with/room'],
    cause: error,
  })

/** A killed fb could remove nothing: the next one does it. */
async function sweep(self: number): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(PREFIX))) {
    const path = join(tmpdir(), name)
    const found = lstatSync(path, {throwIfNoEntry: false})
    if (!found?.isDirectory() || found.uid !== self) continue
    if (await isLeft(Number.parseInt(name.slice(PREFIX.length), 10), found.mtimeMs))
      rmSync(path, {recursive: true, force: true})
  }
}

/** A process that began after the directory was written to has only got the dead one's number. */
async function isLeft(pid: number, written: number): Promise<boolean> {
  const owner = await processOf(pid)
  if (typeof owner === 'string') return owner === 'gone'
  return owner.since !== undefined && owner.since.getTime() > written + CLOCKS_DIFFER
}
