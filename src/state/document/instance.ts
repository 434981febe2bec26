import {type IndexKey, indexText} from './index-key.js'

/** One resource, or one of the instances that count or for_each made of it. */
export type Instance = {
  address: string
  module: string
  mode: 'managed' | 'data'
  type: string
  name: string
  provider: string
  /** Terraform replaces it with the next apply. */
  tainted: boolean
  /** An object that was to be destroyed when its replacement was made, and still exists. */
  deposed?: string
  attributes: Record<string, unknown>
  /** Paths into the attributes whose values nobody may see, as Terraform recorded them. */
  sensitive: (string | number)[][]
  dependencies: string[]
}

/** As it stands in a state. */
export type RawResource = {
  module?: string
  mode: 'managed' | 'data'
  type: string
  name: string
  provider: string
  instances?: RawInstance[] | null
}

type RawInstance = {
  index_key?: IndexKey
  status?: string
  deposed?: string
  attributes?: Record<string, unknown>
  attributes_flat?: Record<string, unknown>
  sensitive_attributes?: {type: string; value: unknown}[][]
  dependencies?: string[]
}

/** The instances of one resource. Throws when it is none as Terraform writes them. */
export function instancesAs(resource: RawResource): Instance[] {
  const {mode, type, name} = resource
  const instances = resource.instances ?? []
  const known = [mode === 'managed' || mode === 'data', typeof type === 'string', typeof name === 'string']
  if (known.includes(false) || !Array.isArray(instances)) throw new TypeError('not a resource')
  return instances.map((instance) => instanceOf(resource, instance))
}

function instanceOf({module = '', mode, type, name, provider}: RawResource, raw: RawInstance): Instance {
  return {
    address: addressOf({module, mode, type, name}, raw.index_key),
    module,
    mode,
    type,
    name,
    provider,
    tainted: raw.status === 'tainted',
    deposed: raw.deposed,
    attributes: raw.attributes ?? raw.attributes_flat ?? {},
    sensitive: (raw.sensitive_attributes ?? []).map((path) => path.map(stepOf)),
    dependencies: raw.dependencies ?? [],
  }
}

function addressOf({module, mode, type, name}: Pick<Instance, 'module' | 'mode' | 'type' | 'name'>, index?: IndexKey) {
  const resource = `${module && `${module}.`}${mode === 'data' ? 'data.' : ''}${type}.${name}`
  return index === undefined ? resource : `${resource}[${indexText(index)}]`
}

/** A step of a path is an attribute's name, or an index as Terraform's own JSON of a value: {"value": 0, "type": "number"}. */
const stepOf = ({value}: {value: unknown}): string | number =>
  (value as {value?: string | number})?.value ?? (value as string)
