import {fromDocker, toDocker} from './docker.js'
import {fromDotenv, toDotenv} from './dotenv.js'
import {badLine, type Entry, type Read} from './entry.js'
import {fromGithub, toGithub} from './github.js'
import {fromShell, toShell} from './shell.js'
import {fromJson, fromYaml, toJson, toYaml} from './structured.js'

export type Format = 'dotenv' | 'shell' | 'json' | 'yaml' | 'docker' | 'github'

type Both = {to: (entries: Entry[]) => string; from: (text: string, file: string) => Read[]}

const FORMATS: Record<Format, Both> = {
  dotenv: {to: toDotenv, from: fromDotenv},
  shell: {to: toShell, from: fromShell},
  json: {to: toJson, from: fromJson},
  yaml: {to: toYaml, from: fromYaml},
  docker: {to: toDocker, from: fromDocker},
  github: {to: toGithub, from: fromGithub},
}

export const formatNames = Object.keys(FORMATS) as Format[]

/** Every value as it is, or an error that says which one the format cannot hold. */
export const format = (name: Format, entries: Entry[]): string => FORMATS[name].to(entries)

/** What a file has, in its order; a key that is there twice is an error that names both lines. */
export function parse(name: Format, text: string, file: string): Read[] {
  const all = FORMATS[name].from(text, file)
  const seen = new Map<string, number>()
  for (const {key, line} of all) {
    const first = seen.get(key)
    if (first !== undefined) throw badLine(file, line, `${key} is in line ${first} already`)
    seen.set(key, line)
  }
  return all
}

/** What the name of a file says, and otherwise how it begins. */
export function guess(file: string, text: string): Format {
  if (/\.ya?ml$/.test(file)) return 'yaml'
  if (/\.json$/.test(file) || /^\s*\{/.test(text)) return 'json'
  return /\.(sh|bash)$/.test(file) ? 'shell' : 'dotenv'
}
