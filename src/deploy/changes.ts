import {registrable, type TaskDefinition} from './task-definition.js'

export type Change = {what: string; before?: string; after?: string}

const SECRET_NAME = /pass|secret|token|key|credential|private|auth|dsn/i
const CREDENTIALS_IN_URL = /:\/\/[^/\s:@]*:[^@\s]+@/

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
  const [old, now] = [flat(before, container), flat(after, container)]
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((what) => old.get(what) !== now.get(what) && what !== 'image')
    .map((what) => ({what, before: shown(what, old.get(what)), after: shown(what, now.get(what))}))
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

/** Values of secrets are never in a task definition; a clear-text variable that looks like one is not shown either. */
function shown(what: string, value: string | undefined): string | undefined {
  if (value === undefined || !what.startsWith('env ')) return value
  return SECRET_NAME.test(what) || CREDENTIALS_IN_URL.test(value) ? '(hidden)' : value
}

/** A definition as `what -> value`; lists of named things are keyed by name, so their order does not matter. */
function flat(definition: TaskDefinition, container: string): Map<string, string> {
  const out = new Map<string, string>()
  const prefix = `containerDefinitions.${container}.`
  for (const [path, value] of walk(registrable(definition), [])) {
    const name = path.join('.')
    if (!isDefault(path, value)) out.set(name.startsWith(prefix) ? name.slice(prefix.length) : name, String(value))
  }
  return new Map(
    [...out].map(([path, value]) => [
      path.replace(/^environment\.(.+)\.value$/, 'env $1').replace(/^secrets\.(.+)\.valueFrom$/, 'secret $1'),
      value,
    ]),
  )
}

function* walk(value: unknown, path: string[]): Generator<[string[], unknown]> {
  if (value === null || value === undefined) return
  if (Array.isArray(value)) {
    if (value.every(isNamed)) for (const item of value) yield* walk(withoutName(item), [...path, keyOf(item)])
    else if (value.length > 0) yield [path, JSON.stringify(value)]
  } else if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) yield* walk(inner, [...path, key])
  } else yield [path, value]
}

type Named = {name?: string; containerPort?: number; [key: string]: unknown}

const isNamed = (item: unknown): item is Named =>
  typeof item === 'object' && item !== null && ('containerPort' in item || 'name' in item)

const keyOf = ({containerPort, name}: Named) => String(containerPort ?? name)

/** A port mapping's host port is the container port (awsvpc), and a name that is the key says nothing more. */
function withoutName({name: _, containerPort, hostPort, ...rest}: Named): object {
  return containerPort === undefined
    ? rest
    : {...rest, open: true, ...(hostPort !== containerPort && hostPort !== undefined && {hostPort})}
}

function isDefault(path: string[], value: unknown): boolean {
  return Object.entries(DEFAULTS).some(([pattern, normal]) => {
    const parts = pattern.split('.')
    return value === normal && parts.every((part, i) => part === '*' || part === path[path.length - parts.length + i])
  })
}
