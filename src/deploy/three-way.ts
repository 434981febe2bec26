type Named = {name: string; [key: string]: unknown}

/**
 * `ours` with what has changed from `was` to `now`; of what has not changed there, ours stays. Lists of named things are
 * merged by name, other lists are taken whole. What both sides have changed is taken from `now`. An image is always ours: that of a
 * task definition in the infrastructure is only a placeholder.
 */
export function merged(ours: unknown, was: unknown, now: unknown, key = ''): unknown {
  if (key === 'image' || same(was, now)) return ours
  const all = [ours, was, now]
  if (all.some(isNamedList) && all.every((one) => one === undefined || isList(one)))
    return byName(ours as Named[], was as Named[], now as Named[])
  return all.every(isRecord) ? byKey(ours as object, was as object, now as object) : now
}

function byKey(ours: object, was: object, now: object): object {
  const value = (of: object, key: string) => (of as Record<string, unknown>)[key]
  const keys = new Set([ours, was, now].flatMap(Object.keys))
  const pairs = [...keys].map((key) => [key, merged(value(ours, key), value(was, key), value(now, key), key)])
  return Object.fromEntries(pairs.filter(([, one]) => one !== undefined))
}

function byName(ours: Named[] = [], was: Named[] = [], now: Named[] = []): Named[] {
  const named = (list: Named[], name: string) => list.find((one) => one.name === name)
  const names = new Set([...ours, ...now].map(({name}) => name))
  return [...names].flatMap((name) => {
    const one = merged(named(ours, name), named(was, name), named(now, name)) as Named | undefined
    return one === undefined ? [] : [one]
  })
}

const isList = Array.isArray

const isRecord = (value: unknown) => typeof value === 'object' && value !== null && !isList(value)

const isNamedList = (value: unknown) =>
  isList(value) && value.length > 0 && value.every((one) => isRecord(one) && typeof one.name === 'string')

/** The order of keys says nothing. */
function same(a: unknown, b: unknown): boolean {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((one, i) => same(one, b[i]))
  if (!isRecord(a) || !isRecord(b)) return a === b
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => same(one[key], other[key]))
}
