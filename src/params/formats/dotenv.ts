import {type Entry, isTornPem, NAME, type Read, refuseNames, Scanner, TORN_PEM} from './entry.js'

const PLAIN = /^[A-Za-z0-9_./:@%+,-]+$/

/** Quoted whenever it is not plain; what a shell would expand is in single quotes or escaped. */
export function toDotenv(entries: Entry[]): string {
  refuseNames('dotenv', entries)
  return entries.map(([key, value]) => `${key}=${quoted(value)}\n`).join('')
}

function quoted(value: string): string {
  if (PLAIN.test(value)) return value
  if (/[$`\\]/.test(value) && !/['\r\n]/.test(value)) return `'${value}'`
  const escaped = value
    .replace(/[\\"$`]/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
  return `"${escaped}"`
}

const ESCAPES: Record<string, string> = {n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$', '`': '`'}

/**
 * `export`, spaces around =, single quotes (as they are), double quotes (with escapes), both over several lines; without
 * quotes up to the end of the line or a # after a space. Nothing is expanded.
 */
export function fromDotenv(text: string, file: string): Read[] {
  const scanner: Scanner = new Scanner(text.replace(/^\ufeff/, ''), file)
  const all: Read[] = []
  for (;;) {
    scanner.take(/(?:[ \t]*(?:#[^\n]*)?(?:\r?\n|$))*[ \t]*/)
    if (scanner.done) return all
    const {line} = scanner
    const name = scanner.take(new RegExp(`(?:export[ \\t]+)?(${NAME})[ \\t]*=[ \\t]*`))
    if (!name) scanner.fail('NAME=VALUE is expected')
    all.push({key: name[1]!, value: valueAt(scanner, line), line})
  }
}

function valueAt(scanner: Scanner, line: number): string {
  const single = scanner.take(/'([^']*)'/)
  const double = single ? undefined : scanner.take(/"((?:[^"\\]|\\[\s\S])*)"/)
  if (single || double) {
    if (!scanner.take(/[ \t]*(?:#[^\n]*)?(?=\r?\n|$)/)) scanner.fail('there is something after the closing quote')
    return single ? single[1]! : double![1]!.replace(/\\([\s\S])/g, (whole, letter) => ESCAPES[letter] ?? whole)
  }
  if (scanner.take(/['"]/)) scanner.fail('the quote is not closed', line)
  const [plain = ''] = scanner.take(/[^\n]*/) ?? []
  if (isTornPem(plain)) scanner.fail(TORN_PEM, line)
  return plain.replace(/(^|[ \t])#.*$/, '').trim()
}
