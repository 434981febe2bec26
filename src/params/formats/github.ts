import {randomUUID} from 'node:crypto'

import {badLine, type Entry, type Read, refuseNames, refuseValues} from './entry.js'

/** For the file that $GITHUB_ENV names: the end of a value is a line that nobody can guess. */
export function toGithub(entries: Entry[]): string {
  refuseNames('github', entries)
  refuseValues('github', entries, /\r$|\0/, 'it ends with a carriage return or has a NUL byte')
  const end = `fb_${randomUUID()}`
  return entries.map(([key, value]) => `${key}<<${end}\n${value}\n${end}\n`).join('')
}

/** For the log of the runner, before anything else: each line of a value becomes *** in it. */
export const githubMasks = (entries: Entry[]): string =>
  entries
    .flatMap(([, value]) => value.split(/\r?\n/))
    .filter((line) => line.trim() !== '')
    .map((line) => `::add-mask::${line.replaceAll('%', '%25').replaceAll('\r', '%0D')}\n`)
    .join('')

export function fromGithub(text: string, file: string): Read[] {
  const all: Read[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    if (lines[at]!.trim() === '') continue
    const [, key, end] = /^([A-Za-z_]\w*)<<(\S+)$/.exec(lines[at]!) ?? []
    if (key === undefined || end === undefined) throw badLine(file, line, 'NAME<<END is expected')
    const last = lines.indexOf(end, at + 1)
    if (last < 0) throw badLine(file, line, 'the end of the value is missing')
    all.push({key, value: lines.slice(at + 1, last).join('\n'), line})
    at = last
  }
  return all
}
