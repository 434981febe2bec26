import {cannotHold, type Entry} from './formats/entry.js'
import {isVariable} from './names.js'

export type Wanted = {pristine: boolean; override: boolean}

/** What a program needs to find others and its user. */
const KEPT = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'XDG_RUNTIME_DIR']

/** The environment of a program: what there is, and the parameters. `clashes` are the names that both have. */
export function environmentWith(
  own: Record<string, string | undefined>,
  entries: Entry[],
  {pristine, override}: Wanted,
): {env: Record<string, string | undefined>; clashes: string[]} {
  const invalid = entries.map(([key]) => key).filter((key) => !isVariable(key))
  if (invalid.length > 0)
    throw cannotHold('An environment', invalid, 'that is no name of a variable', ['--skip-invalid', '--only PATTERN'])
  const base = pristine
    ? Object.fromEntries(KEPT.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])))
    : own
  const clashes = entries.map(([key]) => key).filter((key) => base[key] !== undefined)
  const given = Object.fromEntries(entries)
  return {env: override ? {...base, ...given} : {...given, ...base}, clashes}
}

const SHORTEST = 8
const MASK = Buffer.from('•••').toString('latin1')

/** Takes values out of a stream of bytes, as they are, in base64 and as in a URL; what may be the beginning of one waits. */
export class Masker {
  private readonly forms: string[]
  private readonly pattern: RegExp | undefined
  private rest = ''

  constructor(values: string[]) {
    const parts = values.flatMap((value) => [value, ...value.split(/\r?\n/)])
    const encoded = (part: string) => [part, encodeURIComponent(part), ...inBase64(part)]
    const long = parts.filter((part) => Buffer.byteLength(part) >= SHORTEST)
    const bytes = long.flatMap(encoded).map((form) => Buffer.from(form).toString('latin1'))
    this.forms = [...new Set(bytes)].sort((a, b) => b.length - a.length)
    const source = this.forms.map((form) => form.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|')
    this.pattern = source ? new RegExp(source, 'g') : undefined
  }

  push(chunk: Buffer): Buffer {
    return this.pass(chunk.toString('latin1'), false)
  }

  end(): Buffer {
    return this.pass('', true)
  }

  private pass(text: string, last: boolean): Buffer {
    if (!this.pattern) return Buffer.from(text, 'latin1')
    const all = this.rest + text
    const open = last ? all.length : this.openFrom(all)
    let out = ''
    let at = 0
    for (const {0: found, index} of all.matchAll(this.pattern)) {
      if (index >= open) break
      out += all.slice(at, index) + MASK
      at = index + found.length
    }
    const until = Math.max(at, open)
    this.rest = all.slice(until)
    return Buffer.from(out + all.slice(at, until), 'latin1')
  }

  /** Where something begins that more bytes could make a value of. */
  private openFrom(text: string): number {
    const longest = this.forms[0]!.length
    for (let at = Math.max(0, text.length - longest + 1); at < text.length; at++) {
      const tail = text.slice(at)
      if (this.forms.some((form) => form.length > tail.length && form.startsWith(tail))) return at
    }
    return text.length
  }
}

/**
 * By itself, and as a part of something longer such as `user:password`: base64 takes three bytes at a time, so it looks
 * different after each of three lengths. A character that has bits of what is beside it is not among them.
 */
const inBase64 = (part: string): string[] =>
  (['base64', 'base64url'] as const).flatMap((alphabet) => [
    Buffer.from(part).toString(alphabet).replace(/=+$/, ''),
    ...[0, 1, 2].map((before) => {
      const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(part)])
      return bytes.toString(alphabet).slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6))
    }),
  ])
