import {nearest} from '../config/nearest.js'
import {NotFound} from '../errors.js'

/** Does what is asked of some groups; one that is not there is told with those whose names are close to it. */
export async function namingGroups<T>(
  asked: string[],
  groupNames: () => Promise<string[]>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof NotFound) || error.code !== 'no_group') throw error
    const known = await groupNames().catch(() => undefined)
    const missing = asked.find((name) => !known?.includes(name)) ?? asked[0]!
    const near = nearest(missing, known ?? [])
    const unlike = known
      ? othersThan(missing, known)
      : 'fb could not list the groups to find one with a name like that.'
    throw new NotFound(known ? `There is no log group ${missing}.` : error.message, {
      code: error.code,
      because: [near.length > 0 ? `Did you mean ${near.join(' or ')}?` : unlike],
      next: near.length > 0 ? [`--group ${near[0]}`] : ['fb logs groups'],
    })
  }
}

/** None has a name like that; those that begin alike are of the same kind. */
function othersThan(missing: string, known: string[]): string {
  const kind = missing.slice(0, missing.indexOf('/', 1) + 1)
  const others = known.filter((name) => kind && name.startsWith(kind)).slice(0, 3)
  return `No group has a name like that${others.length > 0 ? `; there are ${others.join(', ')}` : ''}.`
}
