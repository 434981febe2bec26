import {UsageError} from '../../errors.js'
import {isVariable} from '../names.js'

/** A key with its value, as a file has them. */
export type Entry = [key: string, value: string]

/** The same with the line it stands in. */
export type Read = {key: string; value: string; line: number}

/** What a file says wrong; never a part of a value. */
export const badLine = (file: string, line: number, what: string): UsageError =>
  new UsageError(`${file}:${line}: ${what}.`, {code: 'bad_file', state: 'Nothing was changed.'})

/** The first line of a certificate or key alone: the others would be taken for variables. */
export const isTornPem = (value: string): boolean => /^-----BEGIN /.test(value) && !value.includes('-----END ')

export const TORN_PEM = 'the value has several lines, and only its first stands here'

/** What a format cannot hold unchanged is refused rather than changed. */
export const cannotHold = (
  format: string,
  keys: string[],
  what: string,
  next: string[] = ['--format json'],
): UsageError => new UsageError(`${format} cannot hold ${keys.join(', ')}: ${what}.`, {code: 'not_representable', next})

export function refuseNames(format: string, entries: Entry[]): void {
  const bad = entries.map(([key]) => key).filter((key) => !isVariable(key))
  if (bad.length > 0)
    throw cannotHold(format, bad, 'that is no name of a variable', ['--skip-invalid', '--format json'])
}

export function refuseValues(format: string, entries: Entry[], bad: RegExp, what: string): void {
  const keys = entries.filter(([, value]) => bad.test(value)).map(([key]) => key)
  if (keys.length > 0) throw cannotHold(format, keys, what)
}

/** A key in a file of a program's own settings; nested names have / in them. */
export const NAME = '[A-Za-z0-9_./-]+'

/** Walks over a text and knows the line it is in. */
export class Scanner {
  at = 0

  constructor(
    readonly text: string,
    readonly file: string,
  ) {}

  get line(): number {
    return this.text.slice(0, this.at).split('\n').length
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  /** What the pattern matches right here. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    const sticky = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}y`)
    sticky.lastIndex = this.at
    const found = sticky.exec(this.text) ?? undefined
    if (found) this.at = sticky.lastIndex
    return found
  }

  fail(what: string, line = this.line): never {
    throw badLine(this.file, line, what)
  }
}
