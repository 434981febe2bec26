import type {Instance} from './document.js'
import {type EnvironmentPlace, environmentPlace, isHiddenVariable} from './environment-values.js'
import {maskedText, SENSITIVE} from './masked-text.js'
import {saysPlain, saysSecret} from './secret-names.js'
import provider from './sensitive-attributes.json' with {type: 'json'}

type Path = (string | number)[]
type Attributes = Record<string, unknown>

/** What the AWS provider's schema marks, and the secrets of other providers whose names do not say so. */
const MARKED: Record<string, string[]> = {
  ...provider,
  random_password: ['result', 'bcrypt_hash'],
  random_bytes: ['base64', 'hex'],
  kubernetes_secret: ['data', 'binary_data'],
  kubernetes_secret_v1: ['data', 'binary_data'],
  vault_generic_secret: ['data', 'data_json'],
  // Whoever wrote the other state may have marked its outputs; Terraform does not pass that on.
  terraform_remote_state: ['outputs', 'defaults'],
}

/** `local_sensitive_file` and its like: what they are for is the content, and its hashes can be guessed from. */
const ofSensitiveType = (type: string, name: unknown) => /sensitive/.test(type) && /^content/.test(String(name))

/**
 * The attributes of a resource of this type without what nobody may see: what the state records as sensitive (paths), what
 * the provider's schema marks, and what its name, or the name next to it, calls a secret; in texts that hold JSON too.
 */
export function masked(type: string, attributes: Attributes, sensitive: Path[]): Attributes {
  const recorded = type === 'terraform_data' ? sensitive.flatMap(withOutput) : sensitive
  const own = new Set(recorded.flatMap((path) => reachable(attributes, path)))
  if (own.has('')) return Object.fromEntries(Object.keys(attributes).map((name) => [name, SENSITIVE]))
  const marked = new Set(MARKED[type])
  const isMarked = (path: Path) =>
    own.has(keyOf(path)) || marked.has(path.filter(isName).join('.')) || ofSensitiveType(type, path[0])
  return visit(attributes, {path: [], isMarked, secret: false}) as Attributes
}

/** Its output is its input again, and Terraform records that of the input only. */
const withOutput = (path: Path): Path[] => (path[0] === 'input' ? [path, ['output', ...path.slice(1)]] : [path])

/** What tells a thing of the real world from others of its type, unless it has none or nobody may see it. */
export function shownId({type, attributes, sensitive}: Pick<Instance, 'type' | 'attributes' | 'sensitive'>) {
  const {id} = masked(type, {id: attributes.id}, sensitive)
  return typeof id === 'string' && id !== '' && id !== SENSITIVE ? id : undefined
}

const isName = (step: string | number) => typeof step === 'string'
const keyOf = (path: Path) => path.map((step) => `/${step}`).join('')

/** A path as far as it can be followed: where the state keeps a value in another form, all of that form is hidden. */
function reachable(attributes: Attributes, path: Path): string[] {
  let at: unknown = attributes
  for (const [i, step] of path.entries()) {
    if (at === null || at === undefined) return []
    const known = typeof at === 'object' && Object.hasOwn(at, step)
    // A name that the state has no more; deeper down it is a form that fb does not know.
    if (!known) return i === 0 ? [] : [keyOf(path.slice(0, i))]
    at = (at as Attributes)[step]
  }
  return [keyOf(path)]
}

type Place = {path: Path; isMarked: (path: Path) => boolean; secret: boolean; environment?: EnvironmentPlace}

function visit(value: unknown, place: Place): unknown {
  if (value === null || value === undefined) return value
  if (place.isMarked(place.path)) return SENSITIVE
  if (Array.isArray(value)) return value.map((one, i) => visit(one, {...place, path: [...place.path, i]}))
  if (typeof value === 'object') return visitMembers(value as Attributes, place)
  if (place.secret && hides(value)) return SENSITIVE
  return typeof value === 'string' ? maskedText(value, visitJson) : value
}

function visitMembers(members: Attributes, place: Place): Attributes {
  const named = NAMES.map((name) => members[name]).some((name) => typeof name === 'string' && saysSecret(name))
  const secretIn = (name: string, value: unknown) =>
    saysSecret(name) ||
    (place.secret && (typeof value === 'object' || !saysPlain(name))) ||
    (named && VALUES.has(name.toLowerCase())) ||
    isHiddenVariable(members, name, place.environment)
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name,
      visit(value, {
        ...place,
        path: [...place.path, name],
        secret: secretIn(name, value),
        environment: environmentPlace(name, place.environment),
      }),
    ]),
  )
}

/** Pairs that give the name in one member and the value in another: an environment variable, a parameter, a header. */
const NAMES = ['name', 'Name', 'key', 'Key', 'parameter_name', 'ParameterKey', 'ParameterName']
const VALUES = new Set(['value', 'values', 'parametervalue', 'default', 'default_value'])

/** Under a secret's name: a switch is no secret, and an ARN says only where one is. */
const hides = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value !== '' && !/^arn:aws[\w-]*:\S*$/.test(value))

const visitJson = (value: unknown): unknown => visit(value, {path: [], isMarked: () => false, secret: false})
