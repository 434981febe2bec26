import {UsageError} from '../errors.js'

/** In an ARN, the region, account and path in front of the name count as well; this is room enough for any. */
const LONGEST = 1011 - 70
const LEVELS = 15

/** The full name of a key: `DB_URL` and `database/url` are in the environment's own path, `/shared/url` is where it says. */
export function nameOf(key: string, path: string): string {
  const name = key.startsWith('/') ? key : `${path}${key}`
  const refusal = refusalOf(key, name)
  if (!refusal) return name
  throw new UsageError(`${refusal[0]}`, {code: 'bad_name', because: [refusal[1]], state: 'Nothing was changed.'})
}

/**
 * A full name must not lead into another environment: that may be protected, and have an account of its own. What all share
 * may be named. `verb` is what `fb params` was to do with it.
 */
export function refuseElsewhere(names: string[], path: string, environments: string[], verb: string): void {
  const [, app, here] = path.split('/')
  for (const env of environments) {
    const name = env === here ? undefined : names.find((one) => one.startsWith(`/${app}/${env}/`))
    if (!name) continue
    throw new UsageError(`${name} belongs to ${env}, and this is ${here}.`, {
      code: 'other_environment',
      state: 'Nothing was changed.',
      next: [`fb params ${verb} ${keyOf(name, `/${app}/${env}/`)} --env ${env}`],
    })
  }
}

/** What a person calls it here. */
export const keyOf = (name: string, path: string): string => (name.startsWith(path) ? name.slice(path.length) : name)

/** The store's own rules (PutParameter, Name). What is typed where a name belongs may be a secret, so only a name that looks like one is repeated. */
function refusalOf(key: string, name: string): [message: string, because: string] | undefined {
  if (!/^[\w./-]+$/.test(key))
    return [
      'A name has characters that Parameter Store does not take.',
      'It takes letters, digits and . - _, and / between the parts of a path.',
    ]
  if (/\/\/|\/$/.test(name)) return ['A name has an empty part.', 'Each / stands between two parts.']
  if (/^\/?(aws|ssm)/i.test(name)) return ['A name belongs to AWS.', 'Names do not begin with aws or ssm.']
  if (name.split('/').length - 1 > LEVELS)
    return ['A name has too many parts.', `${name.split('/').length - 1} levels; Parameter Store takes ${LEVELS}.`]
  if (name.length > LONGEST)
    return ['A name is too long.', `${name.length} characters; Parameter Store takes 1011 with the ARN.`]
  return undefined
}

/** `KEY@3` and `KEY@label`: a version or a label of it. */
export function selected(text: string): {key: string; selector?: string} {
  const at = text.lastIndexOf('@')
  return at < 0 ? {key: text} : {key: text.slice(0, at), selector: text.slice(at + 1)}
}

/** Whether a key is the name of a variable too. */
export const isVariable = (key: string): boolean => /^[A-Za-z_]\w*$/.test(key)

/** Keys that match a shell pattern with * and ?. */
export function matching(pattern: string): (key: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const expression = new RegExp(`^${source}$`)
  return (key) => expression.test(key)
}
