import {readSync} from 'node:fs'
import type {Socket} from 'node:net'
import {StringDecoder} from 'node:string_decoder'
import pty from '@lydell/node-pty'
import xterm from '@xterm/headless'
import {onTestFinished} from 'vitest'

import {bin} from './fb.js'

const KEYS = {enter: '\r', down: '\u001b[B', up: '\u001b[A', 'ctrl-c': '\u0003'}

/** How long a screen may take to show what is waited for, on a busy machine. */
const PATIENCE = 20_000

/** The same where a program that fb has started takes its time. */
export const LONG = 180_000

export type Opened = {
  env: NodeJS.ProcessEnv
  directory: string
  columns?: number
  rows?: number
  /** Where a stream goes instead of the terminal, such as `1>result.json`; needs a shell. */
  redirect?: string
}

export type Cell = {text: string; colour: number | undefined; bold: boolean; dim: boolean; inverse: boolean}

export type Terminal = ReturnType<typeof openTerminal>

/** The built fb in a real pseudo-terminal, and what a person would see there. */
export function openTerminal(args: string[], {env, directory, columns = 100, rows = 30, redirect}: Opened) {
  const screen = new xterm.Terminal({cols: columns, rows, scrollback: 2000, allowProposedApi: true})
  const command = [process.execPath, bin, ...args]
  const [file, ...given] = redirect ? ['/bin/sh', '-c', `exec "$@" ${redirect}`, 'sh', ...command] : command
  const child = pty.spawn(file!, given, {
    name: env.TERM ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd: directory,
    env: {LANG: 'C.UTF-8', ...env},
    // Bytes: a character may come in two parts.
    encoding: null,
  })
  readToTheEnd(child)
  const seen = new Listeners()
  let raw = ''
  let code: number | undefined
  const decoder = new StringDecoder()
  child.onData((data) => {
    const bytes = data as unknown as Buffer
    raw += decoder.write(bytes)
    screen.write(bytes, () => seen.tell())
  })
  const ended = new Promise<{code: number}>((resolve) => {
    child.onExit(({exitCode}) => {
      // An empty write: what came before it has been drawn.
      screen.write('', () => {
        code = exitCode
        seen.tell()
        resolve({code: exitCode})
      })
    })
  })
  const until = (what: string | RegExp | ((rows: string[]) => boolean), ms = PATIENCE): Promise<void> => {
    const holds = () =>
      typeof what === 'function' ? what(rowsOf(screen)) : new RegExp(what, 'm').test(rowsOf(screen).join('\n'))
    return seen.until(
      holds,
      () => {
        if (code !== undefined) return `fb ended with ${code} before ${what} was seen:\n${rowsOf(screen).join('\n')}`
        return undefined
      },
      () => `${what} was not seen in time:\n${rowsOf(screen).join('\n')}`,
      ms,
    )
  }
  return {
    pid: child.pid,
    type: (text: string) => child.write(text),
    press: (key: keyof typeof KEYS) => child.write(KEYS[key]),
    resize(columns: number, rows: number) {
      child.resize(columns, rows)
      screen.resize(columns, rows)
    },
    kill: (signal: string) => child.kill(signal),
    until,
    ended,
    /** Everything on the screen and scrolled off it, without the empty rows at the end. */
    screen: () => rowsOf(screen),
    /** Only the rows that a person sees now. */
    visible: () => rowsOf(screen, screen.buffer.active.baseY),
    /** Rows that did not fit and went on in the next one. */
    wrapped: () => rowsOf(screen).filter((_, y) => screen.buffer.active.getLine(y + 1)?.isWrapped),
    cells: () => cellsOf(screen),
    raw: () => raw,
    cursorVisible: () => raw.lastIndexOf('\u001b[?25h') >= raw.lastIndexOf('\u001b[?25l'),
  }
}

/**
 * When a program has ended, libuv takes a part of what is left for the end of it all, and node-pty throws the rest away 200 ms
 * later: what is there is read here until there is no more.
 */
function readToTheEnd(child: pty.IPty): void {
  const {_socket: socket, _fd: fd} = child as unknown as {_socket: Socket; _fd: number}
  const destroy = socket.destroy.bind(socket)
  socket.destroy = (error) => {
    const left = rest(fd)
    if (left.length === 0) return destroy(error)
    socket.emit('data', left)
    setTimeout(() => socket.destroy(error), 20)
    return socket
  }
}

function rest(fd: number): Buffer {
  const parts: Buffer[] = []
  try {
    for (;;) {
      const part = Buffer.alloc(65_536)
      const length = readSync(fd, part)
      if (length === 0) break
      parts.push(part.subarray(0, length))
    }
  } catch {
    // EAGAIN or EIO: there is no more.
  }
  return Buffer.concat(parts)
}

/** The same for one test; whatever still runs at its end is killed. */
export function terminal(args: string[], opened: Opened): Terminal {
  const opening = openTerminal(args, opened)
  onTestFinished(async () => {
    const running = await Promise.race([opening.ended.then(() => false), Promise.resolve(true)])
    if (running) opening.kill('SIGKILL')
    await opening.ended
  })
  return opening
}

/** Those who wait for the screen to change, each with a time limit of its own. */
class Listeners {
  private readonly all = new Set<() => void>()

  tell() {
    for (const listener of this.all) listener()
  }

  until(holds: () => boolean, impossible: () => string | undefined, late: () => string, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: string) => {
        clearTimeout(limit)
        this.all.delete(look)
        if (error) reject(new Error(error))
        else resolve()
      }
      const look = () => {
        if (holds()) return end()
        const why = impossible()
        if (why) end(why)
      }
      const limit = setTimeout(() => end(late()), ms)
      this.all.add(look)
      look()
    })
  }
}

function rowsOf({buffer, cols}: xterm.Terminal, from = 0): string[] {
  const {active} = buffer
  const rows = Array.from({length: active.length - from}, (_, y) =>
    (active.getLine(from + y)?.translateToString(true, 0, cols) ?? '').trimEnd(),
  )
  return rows.slice(0, rows.findLastIndex(Boolean) + 1)
}

function cellsOf({buffer, cols}: xterm.Terminal): Cell[][] {
  const {active} = buffer
  return Array.from({length: active.length}, (_, y) => {
    const line = active.getLine(y)!
    return Array.from({length: cols}, (_, x) => {
      const cell = line.getCell(x)!
      return {
        text: cell.getWidth() === 0 ? '' : cell.getChars() || ' ',
        colour: cell.isFgDefault() ? undefined : cell.getFgColor(),
        bold: cell.isBold() !== 0,
        dim: cell.isDim() !== 0,
        inverse: cell.isInverse() !== 0,
      }
    })
  })
}
