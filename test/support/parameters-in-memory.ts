import type {Parameter, Store, Version, Write} from '../../src/params/store.js'

export const at = new Date('2026-11-22T12:00:00Z')

/** A store in memory; `before` is what others do in front of a write. */
export function memory(
  values: Record<string, string>,
  before: (write: Write, put: (name: string, value: string) => void) => void = () => {},
) {
  const kept = new Map(Object.entries(values).map(([name, value]) => [name, [value]]))
  const parameter = (name: string, version = kept.get(name)?.length ?? 0): Parameter | undefined => {
    const value = kept.get(name)?.[version - 1]
    return value === undefined ? undefined : {name, type: 'SecureString', value, version, modifiedAt: at}
  }
  const put = (name: string, value: string) => void kept.set(name, [...(kept.get(name) ?? []), value])
  const store: Store = {
    parameter: async (name, selector) => parameter(name, selector ? Number(selector) : undefined),
    some: async (names) => names.flatMap((name) => parameter(name) ?? []),
    under: async () => [...kept.keys()].flatMap((name) => parameter(name) ?? []),
    versions: async (name) =>
      (kept.get(name) ?? []).map(
        (_, i): Version => ({
          version: i + 1,
          at,
          by: 'arn:x/ana',
          type: 'SecureString',
          tier: 'Standard',
          description: '',
          labels: [],
        }),
      ),
    values: async (name) => new Map((kept.get(name) ?? []).map((value, i) => [i + 1, value])),
    authors: async () => ({}),
    tag: async () => {},
    async remove(names) {
      for (const name of names) kept.delete(name)
    },
    async put(write) {
      before(write, put)
      put(write.name, write.value)
      return {version: kept.get(write.name)!.length, tier: 'Standard'}
    },
  }
  return {store, put, values: (name: string) => kept.get(name)}
}
