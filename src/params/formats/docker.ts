import {badLine, type Entry, isTornPem, NAME, type Read, refuseNames, refuseValues, TORN_PEM} from './entry.js'

/** For `docker run --env-file`: a line is a variable, and whatever follows = is its value, quotes too. */
export function toDocker(entries: Entry[]): string {
  refuseNames('docker', entries)
  refuseValues('docker', entries, /[\n\0]|\r$/, 'a value is one line there')
  return entries.map(([key, value]) => `${key}=${value}\n`).join('')
}

export function fromDocker(text: string, file: string): Read[] {
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((whole, i) => {
      const line = whole.trimStart()
      if (line === '' || line.startsWith('#')) return []
      const [, key, value] = new RegExp(`^(${NAME})=(.*)$`, 's').exec(line) ?? []
      if (key === undefined || value === undefined) throw badLine(file, i + 1, 'NAME=VALUE is expected')
      if (isTornPem(value)) throw badLine(file, i + 1, TORN_PEM)
      return [{key, value: value.replace(/\r$/, ''), line: i + 1}]
    })
}
