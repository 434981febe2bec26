import {hostname, userInfo} from 'node:os'

import type {Worker} from './state/locks/lock.js'
import type {Parent} from './terraform/child.js'
import {pidNamespace} from './terraform/namespace.js'

/** This process, as locks name who holds them. */
export const thisWorker = (version: string): Worker => ({
  user: userName(),
  host: hostname(),
  pid: process.pid,
  namespace: pidNamespace(),
  version,
})

/** This process, as the one that starts others; `hold` keeps it until they have ended. */
export const thisParent = (hold: Parent['hold']): Parent => ({
  pid: process.pid,
  env: process.env,
  kill: (pid, signal) => process.kill(pid, signal),
  atExit: (work) => process.once('exit', work),
  hold,
})

/** A container may run as a number that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.()}`
  }
}
