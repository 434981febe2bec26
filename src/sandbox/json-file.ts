import {randomUUID} from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import {SandboxError} from './sandbox-error.js'

export type JsonFile<Facts> = {
  /** To be looked at only: readers share it. */
  read(): Facts
  /** Runs `change` alone, on the newest facts, and writes what it leaves. */
  update<T>(change: (facts: Facts) => T): T
  replace(facts: Facts): void
}

const staleAfter = 2000
const giveUpAfter = 10_000

/** Facts that several processes share; `parse` says what is wrong with a file that is not its own. */
export function jsonFile<Facts>(file: string, seed: () => Facts, parse: (text: string) => Facts): JsonFile<Facts> {
  let cached: {stamp: string; facts: Facts} | undefined
  const stampOf = () => {
    const {ino, mtimeMs, size} = fs.statSync(file)
    return `${ino} ${mtimeMs} ${size}`
  }
  const load = () => parse(fs.readFileSync(file, 'utf8'))
  /** For readers: the same object for as long as the file is the same. */
  const loadShared = () => {
    const stamp = stampOf()
    if (cached?.stamp !== stamp) cached = {stamp, facts: load()}
    return cached.facts
  }
  const locked = <T>(work: () => T): T => {
    makeDirectory(path.dirname(file))
    const release = acquire(`${file}.lock`)
    try {
      return work()
    } finally {
      release()
    }
  }
  const write = (facts: Facts) => {
    const draft = `${file}.${randomUUID()}.tmp`
    fs.writeFileSync(draft, JSON.stringify(facts), {mode: 0o600})
    fs.renameSync(draft, file)
  }
  const loadOrSeed = () => {
    if (!fs.existsSync(file)) write(seed())
    return load()
  }
  return {
    read: () => (fs.existsSync(file) ? loadShared() : locked(loadOrSeed)),
    replace: (facts) => locked(() => write(facts)),
    update: (change) =>
      locked(() => {
        const facts = loadOrSeed()
        const answer = change(facts)
        write(facts)
        return answer
      }),
  }
}

/** Parent by parent: mkdir's own `recursive` never ends below a folder such as /proc, which takes no new ones. */
function makeDirectory(directory: string): void {
  if (fs.existsSync(directory)) return
  makeDirectory(path.dirname(directory))
  try {
    fs.mkdirSync(directory, {mode: 0o700})
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    throw new SandboxError(
      `The sandbox cannot keep its state in ${directory} (${code}). XDG_STATE_HOME names another folder.`,
    )
  }
}

/** One holder at a time across processes; a holder that was killed is overruled after two seconds. */
function acquire(lock: string): () => void {
  const token = randomUUID()
  const giveUp = Date.now() + giveUpAfter
  for (;;) {
    try {
      fs.writeFileSync(lock, token, {flag: 'wx', mode: 0o600})
      return () => release(lock, token)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (isStale(lock)) overrule(lock, token)
    else if (Date.now() > giveUp) throw new SandboxError(`The sandbox's lock ${lock} is held by another process.`)
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
  }
}

function release(lock: string, token: string) {
  try {
    if (fs.readFileSync(lock, 'utf8') === token) fs.unlinkSync(lock)
  } catch {}
}

function isStale(lock: string): boolean {
  try {
    return Date.now() - fs.statSync(lock).mtimeMs > staleAfter
  } catch {
    return false
  }
}

/** Moves the dead lock aside first: if another process was quicker, what we moved is its live lock, and goes back. */
function overrule(lock: string, token: string) {
  const aside = `${lock}.${token}`
  try {
    fs.renameSync(lock, aside)
    if (!isStale(aside)) fs.linkSync(aside, lock)
    fs.unlinkSync(aside)
  } catch {}
}
