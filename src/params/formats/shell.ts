import {type Entry, type Read, refuseNames, refuseValues, Scanner} from './entry.js'

/** For `source` in any POSIX shell: within single quotes nothing means anything. */
export function toShell(entries: Entry[]): string {
  refuseNames('shell', entries)
  refuseValues('shell', entries, /\0/, 'a variable takes no NUL byte')
  return entries.map(([key, value]) => `export ${key}='${value.replaceAll("'", `'\\''`)}'\n`).join('')
}

/** Assignments only, with quotes as a shell reads them; what a shell would compute is refused. */
export function fromShell(text: string, file: string): Read[] {
  const scanner: Scanner = new Scanner(text, file)
  const all: Read[] = []
  for (;;) {
    scanner.take(/(?:[ \t;]*(?:#[^\n]*)?(?:\r?\n|$))*[ \t]*/)
    if (scanner.done) return all
    const {line} = scanner
    const name = scanner.take(/(?:export[ \t]+)?([A-Za-z_]\w*)=/)
    if (!name) scanner.fail('export NAME=VALUE is expected')
    all.push({key: name[1]!, value: wordAt(scanner), line})
  }
}

function wordAt(scanner: Scanner): string {
  let value = ''
  for (;;) {
    const single = scanner.take(/'([^']*)'/)
    const double = single ? undefined : scanner.take(/"((?:[^"\\$`]|\\[\s\S])*)"/)
    const escaped = single || double ? undefined : scanner.take(/\\([\s\S])/)
    const plain = single || double || escaped ? undefined : scanner.take(/[^\s'"\\$`;&|<>()#*?![\]{}~]+/)
    const part = single ?? double ?? escaped ?? plain
    if (!part) break
    value += part === double ? part[1]!.replace(/\\([\\"$`])/g, '$1') : (part[1] ?? part[0])
  }
  if (!scanner.done && !scanner.take(/(?=[ \t;]*(?:[ \t]#[^\n]*)?(?:\r?\n|$))/))
    scanner.fail('a value must be quoted, and nothing in it is computed')
  return value
}
