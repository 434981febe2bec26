import {FbError} from '../errors.js'
import {type IndexKey, indexText} from './index-key.js'
import {elements, members, type Range, valueAt} from './json-ranges.js'

/** The format Terraform 0.12 and later and OpenTofu write. */
const FORMAT = 4

/** A Terraform state: what its head says, and its bytes. It may have 100 MB, so nothing of the body is parsed before it is asked for. */
export type StateDocument = {
  bytes: Buffer
  serial: number
  lineage: string
  terraformVersion: string
  /** Where the number stands in the bytes. */
  serialAt: Range
  resources?: Range
}

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

type Raw = {
  module?: string
  mode: 'managed' | 'data'
  type: string
  name: string
  provider: string
  instances: RawInstance[]
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

/** Reads the head of a state. Throws when the bytes are no state; `from` says where they came from. */
export function readDocument(bytes: Buffer, from: string): StateDocument {
  const head = headOf(bytes, from)
  const at = (key: string): Range => head.get(key) ?? notState(from, `it has no ${key}`)
  const value = (key: string) => valueAt(bytes, at(key))
  if (value('version') !== FORMAT) notState(from, `its format version is ${value('version')}, not ${FORMAT}`)
  const [serial, lineage] = [value('serial'), value('lineage')]
  if (!Number.isSafeInteger(serial) || typeof lineage !== 'string') notState(from, 'serial or lineage is none')
  return {
    bytes,
    serial: serial as number,
    lineage: lineage as string,
    terraformVersion: head.has('terraform_version') ? String(value('terraform_version')) : '',
    serialAt: at('serial'),
    resources: head.get('resources'),
  }
}

function headOf(bytes: Buffer, from: string): Map<string, Range> {
  try {
    return new Map([...members(bytes)].map(({key, value}) => [key, value]))
  } catch (error) {
    return notState(from, (error as Error).message)
  }
}

/** The same state under another serial; every other byte stays. */
export function withSerial({bytes, serialAt}: StateDocument, serial: number): Buffer {
  return Buffer.concat([bytes.subarray(0, serialAt.start), Buffer.from(String(serial)), bytes.subarray(serialAt.end)])
}

/** True when two states differ in their serials at most. */
export function sameContent(a: StateDocument, b: StateDocument): boolean {
  const parts = ({bytes, serialAt: {start, end}}: StateDocument) => [bytes.subarray(0, start), bytes.subarray(end)]
  const [headA, tailA] = parts(a)
  const [headB, tailB] = parts(b)
  return headA!.equals(headB!) && tailA!.equals(tailB!)
}

/** Where each resource stands, with all its instances. Throws where the JSON is broken. */
export const resourcesIn = ({bytes, resources}: StateDocument): Iterable<Range> =>
  resources ? elements(bytes, resources) : []

/** The instances of the resource that stands there. */
export function instancesIn({bytes}: StateDocument, at: Range): Instance[] {
  const resource = valueAt(bytes, at) as Raw
  return resource.instances.map((instance) => instanceOf(resource, instance))
}

/** Everything a state knows, one at a time in its own order. Throws where the JSON is broken. */
export function* instancesOf(document: StateDocument): Generator<Instance> {
  for (const at of resourcesIn(document)) yield* instancesIn(document, at)
}

/** How many things of the real world a state manages. */
export function countResources(document: StateDocument): number {
  let count = 0
  for (const {mode, deposed} of instancesOf(document)) if (mode === 'managed' && !deposed) count++
  return count
}

function instanceOf({module = '', mode, type, name, provider}: Raw, raw: RawInstance): Instance {
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

function notState(from: string, why: string): never {
  throw new FbError(`${from} is not a Terraform state: ${why}.`, {code: 'bad_state', state: 'Nothing was changed.'})
}
