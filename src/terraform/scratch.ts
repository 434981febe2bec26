import {existsSync, lstatSync, mkdtempSync, readdirSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {FbError} from '../errors.js'
import type {Parent} from './child.js'
import {pidNamespace} from './namespace.js'
import {CLOCKS_DIFFER, processOf} from './processes.js'

const PREFIX = 'fb-terraform-'
/** Where Terraform puts a state that it cannot save elsewhere. Nobody but a person removes it. */
export const UNSAVED = 'errored.tfstate'
const OWNER = new RegExp(`${PREFIX}(\\d+)-(?:ns(\\d+)-)?\\w+$`)

/** Gives the work a directory that only this user can read, and leaves nothing of it however the work ends. */
export async function withScratch<T>(parent: Parent, work: (directory: string) => Promise<T>): Promise<T> {
  const {directory, remove} = scratch(parent)
  try {
    return await work(directory)
  } finally {
    remove()
  }
}

/** The same for whoever removes it at the end; when fb ends before that, it is gone too. */
export function scratch(parent: Parent, place = tmpdir()): {directory: string; remove: () => void} {
  const namespace = pidNamespace()
  const directory = made(join(place, `${PREFIX}${parent.pid}-${namespace ? `ns${namespace}-` : ''}`))
  const remove = () => removeUnlessUnsaved(directory)
  parent.atExit(remove)
  return {directory, remove}
}

function removeUnlessUnsaved(directory: string): void {
  if (!existsSync(join(directory, UNSAVED))) rmSync(directory, {recursive: true, force: true})
}

function made(prefix: string): string {
  try {
    return mkdtempSync(prefix)
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

/** Removes what a killed fb could not. What another user has left is for that one to remove. */
export async function sweep(place = tmpdir()): Promise<void> {
  for (const path of leftovers(place)) {
    try {
      const found = lstatSync(path)
      const [, pid, namespace] = OWNER.exec(path) ?? []
      if (!pid || !found.isDirectory()) continue
      const left = namespace === pidNamespace() ? isLeft(Number(pid), found.mtimeMs) : isForgotten(found.mtimeMs)
      if (await left) removeUnlessUnsaved(path)
    } catch {}
  }
}

function leftovers(place: string): string[] {
  try {
    const names = readdirSync(place).filter((name) => name.startsWith(PREFIX))
    return names.map((name) => join(place, name))
  } catch {
    return []
  }
}

/** Longer than any work on a state takes. */
const DAY = 24 * 3_600_000

/** Containers may share the place for temporary files, and nobody sees the processes of all of them. */
const isForgotten = (written: number) => Date.now() - written > DAY

/** A process that began after the directory was written to has only got the dead one's number. */
async function isLeft(pid: number, written: number): Promise<boolean> {
  const owner = await processOf(pid)
  if (typeof owner === 'string') return owner === 'gone'
  return owner.since !== undefined && owner.since.getTime() > written + CLOCKS_DIFFER
}
