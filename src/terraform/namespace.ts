import {readlinkSync} from 'node:fs'

/** The one in which every process of a Linux machine is seen; the kernel gives it always the same number. */
const MACHINE = '4026531836'

/** Within which a number names a process: a container mostly has its own. Undefined where the whole system has one. */
export function pidNamespace(): string | undefined {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]
  } catch {
    return undefined
  }
}

/** False in a container: what is not seen there may run outside of it. */
export const seesMachine = (namespace: string | undefined): boolean => namespace === undefined || namespace === MACHINE
