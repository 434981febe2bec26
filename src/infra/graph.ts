import {byModule, type Definition, type Resource, resourcesOf} from './definition.js'

/** Everything a definition has, and what needs what. */
export type Graph = {
  env: string
  modules: {name: string; resources: {address: string; type: string; name: string}[]}[]
  /** From the one that needs to the one that is needed. */
  edges: {from: string; to: string}[]
}

/** Read off the references in the document: `${aws_vpc.main.id}`, and what is said to come first. */
export function graphOf({env, document}: Definition, only?: string[]): Graph {
  const all = resourcesOf(document)
  const known = new Set(all.map(({address}) => address))
  const edges = all.flatMap((resource) => neededBy(resource, known).map((to) => ({from: resource.address, to})))
  const wanted = only ? new Set(only) : known
  const within = edges.filter(({from, to}) => wanted.has(from) || wanted.has(to))
  const shown = only ? new Set([...only, ...within.flatMap(({from, to}) => [from, to])]) : known
  const modules = [...byModule(all.filter(({address}) => shown.has(address)))].map(([name, own]) => ({
    name,
    resources: own.map(({address, type, name}) => ({address, type, name})),
  }))
  return {env, modules, edges: within}
}

const REFERENCE = /(?<![\w.-])((?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*)/g

function neededBy({address, body}: Resource, known: Set<string>): string[] {
  const found = new Set<string>()
  for (const text of expressionsIn(body))
    for (const [, one] of text.matchAll(REFERENCE)) if (known.has(one!) && one !== address) found.add(one!)
  return [...found]
}

/** What stands in `${}`, and the bare addresses of `depends_on`. */
function expressionsIn(value: unknown, name = ''): string[] {
  if (typeof value === 'string')
    return name === 'depends_on' ? [value] : [...value.matchAll(/\$\{([^}]*)\}/g)].map(([, inner]) => inner!)
  if (Array.isArray(value)) return value.flatMap((one) => expressionsIn(one, name))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => expressionsIn(one, key))
}
