import {nearest} from '../config/nearest.js'
import {NotFound} from '../errors.js'
import {nameOf} from './group-id.js'

/** Names that begin with a text, or any: in an account with very many only the first of them. */
export type GroupNames = (prefix?: string) => Promise<string[]>

/** Does what is asked of some groups; one that is not there is told with those whose names are close to it. */
export async function namingGroups<T>(asked: string[], groupNames: GroupNames, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof NotFound) || error.code !== 'no_group') throw error
    const missing = await missingOf(asked, groupNames).catch(() => asked.join(' or '))
    const known = await knownBeside(missing, groupNames).catch(() => undefined)
    const others = (known ?? []).filter((name) => name !== nameOf(missing))
    const near = nearest(nameOf(missing), others)
    const unlike = known
      ? othersThan(missing, known)
      : 'fb could not list the groups to find one with a name like that.'
    throw new NotFound(`There is no log group ${missing}.`, {
      code: error.code,
      because: [near.length > 0 ? `Did you mean ${near.join(' or ')}?` : unlike],
      next: near.length > 0 ? [`--group ${near[0]}`] : ['fb logs groups'],
    })
  }
}

/** `/ecs/` of `/ecs/app-prod`: groups of one kind begin alike, and there may be hundreds of another. */
const kindOf = (name: string) => name.slice(0, name.indexOf('/', 1) + 1)

/** AWS does not say which of several it is. Of all names that begin like one, that one is the first. */
async function missingOf(asked: string[], groupNames: GroupNames): Promise<string> {
  if (asked.length === 1) return asked[0]!
  // What an ARN names can be in another account.
  const own = asked.filter((name) => !name.startsWith('arn:'))
  for (const name of own) if (!(await groupNames(name)).includes(name)) return name
  return asked.filter((name) => !own.includes(name)).join(' or ')
}

async function knownBeside(missing: string, groupNames: GroupNames): Promise<string[]> {
  const alike = await groupNames(kindOf(nameOf(missing)) || undefined)
  return alike.length > 0 ? alike : groupNames()
}

/** None has a name like that; those that begin alike are of the same kind. */
function othersThan(missing: string, known: string[]): string {
  const kind = kindOf(missing)
  const others = known.filter((name) => kind && name.startsWith(kind)).slice(0, 3)
  return `No group has a name like that${others.length > 0 ? `; there are ${others.join(', ')}` : ''}.`
}
