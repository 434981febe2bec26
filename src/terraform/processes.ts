import {execFile} from 'node:child_process'
import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {basename} from 'node:path'

/** A process of this machine, as far as this user may look at it. */
export type Running = {pid: number; command: string; since?: Date; directory?: string}

/** `unseen`: this user is not shown the processes of others, and the one asked for may be one of them. */
export type Found = Running | 'gone' | 'unseen'

export async function processOf(pid: number): Promise<Found> {
  const all = await everything([pid])
  return all.running[0] ?? (all.everyones ? 'gone' : 'unseen')
}

/** Every Terraform and OpenTofu that runs here; `everyones` is false when there may be others that cannot be seen. */
export async function terraformsRunning(): Promise<{running: Running[]; everyones: boolean}> {
  const {running, everyones} = await everything()
  return {running: running.filter(({command}) => isTerraform(programOf(command))), everyones}
}

/** True when the process may be the one that took a lock at that time. A pid is given to another process when its own has ended. */
export function mayHaveTaken({command, since}: Running, taken: Date): boolean {
  if (since && since.getTime() > taken.getTime() + CLOCKS_DIFFER) return false
  return command
    .split(/\s+/)
    .some((word) => isTerraform(basename(word)) || /^(fb|run\.js|dev\.js)$/.test(basename(word)))
}

/** The start of a process follows the clock whenever NTP sets that; a time that somebody wrote down does not. */
export const CLOCKS_DIFFER = 60_000

const programOf = (command: string) => basename(command.split(/\s+/)[0] ?? '')

/** Also with its version behind the name; a provider's process is no Terraform. */
const isTerraform = (program: string) => /^(terraform|tofu)([-_.]?v?\d[\w.-]*)?$/.test(program)

type Everything = {running: Running[]; everyones: boolean}

async function everything(only?: number[]): Promise<Everything> {
  const booted = bootTime()
  if (booted === undefined) return fromPs(only)
  const pids = only ?? readdirSync('/proc').map(Number).filter(Boolean)
  const running = pids.map((pid) => fromProc(pid, booted)).filter((one) => one !== undefined)
  return {running, everyones: textOf('/proc/1/stat') !== undefined}
}

/** When Linux started, in ms; undefined where there is no /proc. */
function bootTime(): number | undefined {
  const seconds = /^btime (\d+)/m.exec(textOf('/proc/stat') ?? '')?.[1]
  return seconds && textOf('/proc/self/stat') ? Number(seconds) * 1000 : undefined
}

/** Linux tells programs its times in hundredths of a second, whatever it counts in itself. */
const TICKS_PER_SECOND = 100

function fromProc(pid: number, booted: number): Running | undefined {
  const stat = textOf(`/proc/${pid}/stat`)
  if (!stat) return undefined
  // The name stands in brackets and may hold brackets and blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
  return {
    pid,
    command: (textOf(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim() || name,
    since: new Date(booted + (Number(fields[19]) / TICKS_PER_SECOND) * 1000),
    directory: linkOf(`/proc/${pid}/cwd`),
  }
}

const PS = ['-o', 'pid=', '-o', 'lstart=', '-o', 'stat=', '-o', 'command=']

/** Where there is no /proc, ps shows everyone's processes to everyone. */
function fromPs(only?: number[]): Promise<Everything> {
  const which = only ? ['-p', only.join(',')] : ['-A']
  return new Promise((resolve) => {
    execFile('ps', [...which, ...PS], {env: {PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC'}}, (error, stdout) => {
      // ps ends with 1 when there is no such process, and is not there at all in the smallest containers.
      const worked = !error || error.code === 1
      resolve({running: readPs(stdout), everyones: worked})
    })
  })
}

/** Lines such as `  501 Mon Nov 23 09:12:44 2026 Ss   /usr/bin/terraform apply`. */
export function readPs(text: string): Running[] {
  const lines = text.matchAll(/^ *(\d+) +\w{3} +(\w{3} +\d+ [\d:]+ \d{4}) +(\S+) +(.+)$/gm)
  return [...lines]
    .filter(([, , , status]) => !status?.startsWith('Z'))
    .map(([, pid, since, , command]) => ({pid: Number(pid), command: command!.trim(), since: new Date(`${since} UTC`)}))
}

/** Undefined when it is gone or not for this user to see. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
