import {hostname, userInfo} from 'node:os'

import type {Worker} from './state/locks/lock.js'
import {pidNamespace} from './terraform/namespace.js'

/** This process, as locks name who holds them. */
export const thisWorker = (version: string): Worker => ({
  user: userName(),
  host: hostname(),
  pid: process.pid,
  namespace: pidNamespace(),
  version,
})

/** A container may run as a number that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.()}`
  }
}
