/** What an address points at: a module, or one resource, or one of the instances of a resource. */
export type Target = {
  address: string
  /** Everything before the resource; of a module, all of it. */
  module: string
  resource?: {mode: 'managed' | 'data'; type: string; name: string; key?: string}
}

const KEY = String.raw`\[(?:\d+|"(?:[^"\\]|\\.)*")\]`
const NAME = String.raw`[\p{L}_][\p{L}\p{N}_-]*`
const MODULE = String.raw`module\.${NAME}(?:${KEY})?`
const ADDRESS = new RegExp(
  `^((?:${MODULE}(?:\\.(?=.)|$))*)(?:(data\\.)?(?!module\\.|data\\.)(${NAME})\\.(${NAME})(${KEY})?)?$`,
  'u',
)

/** Undefined for what Terraform would not take as an address either. */
export function targetOf(address: string): Target | undefined {
  const [, modules = '', data, type, name, key] = ADDRESS.exec(address) ?? []
  if (!type || !name) return modules && !modules.endsWith('.') ? {address, module: modules} : undefined
  return {address, module: modules.slice(0, -1), resource: {mode: data ? 'data' : 'managed', type, name, key}}
}

/** The address without its last index: the resource that an instance is of. */
export const withoutKey = ({address, resource}: Target): string =>
  resource?.key ? address.slice(0, -resource.key.length) : address

/** True when the instance of that address is what the target points at, or one of several. */
export function covers({address: all, resource}: Target, instance: string): boolean {
  if (instance === all || instance.startsWith(`${all}[`)) return true
  return !resource && instance.startsWith(`${all}.`)
}

/** As it must be typed in a shell. */
export const forShell = (address: string): string =>
  /^[\w.@%+=:,/-]+$/.test(address) ? address : `'${address.replaceAll("'", `'\\''`)}'`
