import {registrable, type TaskDefinition} from './task-definition.js'

export type Change = {what: string; before?: string; after?: string}

const SECRET_NAME = /pass|pwd|secret|token|key|credential|private|auth|dsn/i
const CREDENTIALS = /:\/\/[^/\s:@]*:[^@\s]+@|[?;&](password|pwd|sig|token)=/i

/** What ECS fills in when a task definition leaves it out (recorded: DescribeTaskDefinition after a sparse registration). */
const DEFAULTS: Record<string, unknown> = {
  'containerDefinitions.*.cpu': 0,
  'containerDefinitions.*.essential': true,
  'portMappings.*.protocol': 'tcp',
  'healthCheck.interval': 30,
  'healthCheck.timeout': 5,
  'healthCheck.retries': 3,
  'runtimePlatform.operatingSystemFamily': 'LINUX',
}

/** What a person would say is different, most important first. Images are left out: the plan has a line of its own for them. */
export function changesBetween(before: TaskDefinition, after: TaskDefinition, container: string): Change[] {
  const [old, now] = [flat(before), flat(after)]
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path) && path !== `containerDefinitions.${container}.image`)
    .map((path) => ({
      what: named(path, container),
      before: shown(path, old.get(path)),
      after: shown(path, now.get(path)),
    }))
    .sort((a, b) => rank(a) - rank(b) || (a.what < b.what ? -1 : 1))
}

/** True when deploying `after` would change nothing of what runs. */
export function sameDefinition(before: TaskDefinition, after: TaskDefinition, container: string): boolean {
  const image = (of: TaskDefinition) => of.containerDefinitions.find(({name}) => name === container)?.image ?? ''
  return sameImage(image(before), image(after)) && changesBetween(before, after, container).length === 0
}

/** A release that another tool made may not be pinned by digest; tags of the repository do not move. */
const sameImage = (before: string, after: string) =>
  before === after || (!before.includes('@') && after.startsWith(`${before}@`))

const rank = ({what}: Change) =>
  ['env ', 'secret ', 'cpu', 'memory'].findIndex((prefix) => what.startsWith(prefix)) >>> 0

/** Where a secret is kept may be shown; what looks like one in the clear, anywhere in the definition, may not. */
function shown(path: string, value: string | undefined): string | undefined {
  if (value === undefined || /\bsecrets\.[^.]+\.valueFrom$/.test(path)) return value
  return SECRET_NAME.test(path) || CREDENTIALS.test(value) ? '(hidden)' : value
}

/** A path in a person's words: `env NAME` for a variable of the service's own container. */
function named(path: string, container: string): string {
  const own = `containerDefinitions.${container}.`
  return (path.startsWith(own) ? path.slice(own.length) : path)
    .replace(/^environment\.(.+)\.value$/, 'env $1')
    .replace(/^secrets\.(.+)\.valueFrom$/, 'secret $1')
}

/** A definition as `path -> value`; lists of named things are keyed by name, so their order does not matter. */
const flat = (definition: TaskDefinition): Map<string, string> =>
  new Map(
    [...walk(registrable(definition), [])]
      .filter(([path, value]) => !isDefault(path, value))
      .map(([path, value]) => [path.join('.'), String(value)]),
  )

function* walk(value: unknown, path: string[]): Generator<[string[], unknown]> {
  if (value === null || value === undefined) return
  if (Array.isArray(value)) {
    if (value.every(isNamed)) for (const item of value) yield* walk(withoutName(item), [...path, keyOf(item)])
    else if (value.length > 0) yield [path, JSON.stringify(value, sorted)]
  } else if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) yield* walk(inner, [...path, key])
  } else yield [path, value]
}

/** The order of keys says nothing. */
const sorted = (_: string, value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

type Named = {name?: string; containerPort?: number; [key: string]: unknown}

const isNamed = (item: unknown): item is Named =>
  typeof item === 'object' && item !== null && ('containerPort' in item || 'name' in item)

const keyOf = ({containerPort, name}: Named) => String(containerPort ?? name)

/** A name that is the key says nothing more. A port mapping is keyed by its port, and on awsvpc its host port is the same. */
function withoutName({name, containerPort, hostPort, ...rest}: Named): object {
  if (containerPort === undefined) return rest
  return {...rest, name, open: true, ...(hostPort !== containerPort && {hostPort})}
}

function isDefault(path: string[], value: unknown): boolean {
  return Object.entries(DEFAULTS).some(([pattern, normal]) => {
    const parts = pattern.split('.')
    return value === normal && parts.every((part, i) => part === '*' || part === path[path.length - parts.length + i])
  })
}
