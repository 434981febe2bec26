import {readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'

import type {Running} from './processes.js'

/** Whether a Terraform that runs works on a state; `unknown` where this user cannot look. */
export type WorksOn = 'this' | 'another' | 'unknown'

/** `state` is the bucket and the key, as locks name it. `terraform init` has noted in the process's directory where its state is. */
export function worksOn({pid, command}: Running, state: string): WorksOn {
  const directory = /\s-chdir=(\S+)/.exec(command)?.[1] ?? ''
  const data = dataDirectory(pid)
  // By way of the process itself: it may be in a container, where the same path is another place.
  const place = data.startsWith('/') ? inside(pid, data) : join(inside(pid, directory), data)
  try {
    return isOf(JSON.parse(readFileSync(join(place, 'terraform.tfstate'), 'utf8')), state) ? 'this' : 'another'
  } catch (error) {
    // Without a backend `terraform init` notes none: the state is a file there.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && isDirectory(place) ? 'another' : 'unknown'
  }
}

const inside = (pid: number, path: string) =>
  path.startsWith('/') ? `/proc/${pid}/root${path}` : join(`/proc/${pid}/cwd`, path)

function dataDirectory(pid: number): string {
  return /(?:^|\0)TF_DATA_DIR=([^\0]+)/.exec(textOf(`/proc/${pid}/environ`) ?? '')?.[1] ?? '.terraform'
}

type Initialised = {backend?: {type?: string; config?: Record<string, string | null>}}

/** A workspace other than the default one has its state below a prefix: `env:/NAME/KEY`. */
function isOf({backend}: Initialised, state: string): boolean {
  const {bucket, key, workspace_key_prefix: prefix} = backend?.config ?? {}
  if (backend?.type !== 's3' || !bucket || !key) return false
  if (state === `${bucket}/${key}`) return true
  const [start, end] = [`${bucket}/${prefix || 'env:'}/`, `/${key}`]
  return state.startsWith(start) && state.endsWith(end) && !state.slice(start.length, -end.length).includes('/')
}

function isDirectory(place: string): boolean {
  return statSync(place, {throwIfNoEntry: false})?.isDirectory() ?? false
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
