import {type Document, isMap, isNode, LineCounter, parseDocument} from 'yaml'
import type {z} from 'zod'

import {UsageError} from '../errors.js'
import {type Problem, problemsOf} from './checks.js'
import {nearest} from './nearest.js'
import {type FbYml, fbYml} from './schema.js'
import {settle} from './settings.js'

const RESERVED = ['sandbox']

/** Reads fb.yml. Every error names file, line and key. */
export function readFbYml(file: string, text: string): FbYml {
  const lines = new LineCounter()
  const document = parseDocument(text, {lineCounter: lines, uniqueKeys: true})
  const broken = document.errors[0]
  if (broken) throw wrong(`${file}:${broken.linePos?.[0].line ?? 1}`, [broken.message.split('\n')[0]!])
  const {data, error} = fbYml.safeParse(document.toJS() ?? {})
  if (error) {
    throw wrong(
      file,
      error.issues.flatMap((issue) => sayIssue(issue, document, lines)),
    )
  }
  const reserved = RESERVED.find((name) => data.environments?.[name])
  if (reserved) throw wrong(file, [`environments.${reserved}: fb has an environment of that name itself`])
  const problems = problemsOf(settle(data), data)
  const say = ({path, message}: Problem) => `line ${lineOf(document, lines, path)}: ${path.join('.')}: ${message}`
  if (problems.length > 0) throw wrong(file, problems.map(say))
  return data
}

/** The text of fb.yml with another value at a path; comments and everything else stay. No value: the key goes. */
export function changedFbYml(text: string, path: [block: string, key: string], value: unknown): string {
  const document = parseDocument(text)
  if (value !== undefined) document.setIn(path, value)
  else if (document.hasIn(path)) document.deleteIn(path)
  const left = document.get(path[0])
  if (isMap(left) && left.items.length === 0) document.delete(path[0])
  const changed = document.toString({lineWidth: 0, flowCollectionPadding: /\{ /.test(text)})
  return text.includes('\r\n') ? changed.replace(/\r?\n/g, '\r\n') : changed
}

const wrong = (where: string, because: string[]) =>
  new UsageError(`${where} is not valid.`, {code: 'bad_fb_yml', because, state: 'Nothing was changed.'})

function sayIssue(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): string[] {
  // A block that may also be `false`: what is said of the block is meant.
  const [meant] = issue.code === 'invalid_union' && isMap(document.getIn(issue.path, true)) ? issue.errors : []
  if (meant) return meant.flatMap((one) => sayIssue({...one, path: [...issue.path, ...one.path]}, document, lines))
  const at = (path: PropertyKey[]) => `line ${lineOf(document, lines, path)}: ${path.join('.')}`
  if (issue.code !== 'unrecognized_keys') return [`${at(issue.path)}: ${issue.message}`]
  return issue.keys.map((key) => {
    const known = keysAt(issue.path)
    const [near] = nearest(key, known)
    return `${at([...issue.path, key])}: unknown key${near ? `, did you mean ${near}?` : `; known: ${known.join(', ')}`}`
  })
}

/** The keys fb.yml knows at a path. */
function keysAt(path: PropertyKey[]): string[] {
  const found = path.reduce<unknown>((schema, key) => inside(schema, key), fbYml)
  return Object.keys(blockOf(found)?.shape ?? {})
}

type Schema = {shape?: Record<string, unknown>; valueType?: unknown; options?: unknown[]; unwrap?: () => unknown}

const inside = (schema: unknown, key: PropertyKey) => {
  const block = blockOf(schema)
  return block?.valueType ?? block?.shape?.[String(key)]
}

/** What holds keys of a schema that may also be left out, or be `false`. */
function blockOf(schema: unknown): Schema | undefined {
  const {shape, valueType, options = [], unwrap} = (schema ?? {}) as Schema
  if (shape || valueType) return schema as Schema
  const inner = unwrap ? [unwrap.call(schema)] : options
  return inner.map(blockOf).find((one) => one !== undefined)
}

function lineOf(document: Document, lines: LineCounter, path: PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}
