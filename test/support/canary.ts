import {randomBytes} from 'node:crypto'
import {lstatSync, mkdirSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

import {type Ended, home} from './fb.js'

/** A value that occurs nowhere by chance, in the forms in which it could be said. */
export const newCanary = () => `canary${randomBytes(12).toString('hex')}`

/** A home whose every temporary file is inside of it. The sandbox's store is the one place where a value belongs. */
export function watchedHome(onFinished?: (work: () => void) => void) {
  const here = home({onFinished})
  for (const name of ['tmp', 'run']) mkdirSync(join(here.directory, name), {mode: 0o700})
  const env = {...here.env, TMPDIR: join(here.directory, 'tmp'), XDG_RUNTIME_DIR: join(here.directory, 'run')}
  const fb = (args: string[], more: NodeJS.ProcessEnv = {}, input?: string | Buffer) =>
    here.fb(args, {...env, ...more}, input)
  return {...here, env, fb}
}

/** Where the canary is outside the store: `stdout`, `stderr`, or files of the home. `mine` are files the test itself wrote. */
export function leaks(canary: string, ended: Partial<Ended>, directory: string, mine: string[] = []): string[] {
  const forms = [canary, Buffer.from(canary).toString('base64').slice(0, 24), encodeURIComponent(canary)]
  const has = (text: string) => forms.some((form) => text.includes(form))
  const streams = (['stdout', 'stderr'] as const).filter((name) => has(ended[name] ?? ''))
  const files = filesIn(directory).filter(
    (file) => !mine.includes(file) && has(readFileSync(join(directory, file), 'latin1')),
  )
  return [...streams, ...files]
}

function filesIn(directory: string): string[] {
  return (readdirSync(directory, {recursive: true}) as string[])
    .filter((file) => !file.startsWith('state/fb/sandbox/default.storage'))
    .filter((file) => lstatSync(join(directory, file)).isFile())
}
