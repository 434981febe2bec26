import {FbError} from '../../errors.js'
import {type Instance, instancesAs, type RawResource} from './instance.js'
import {elements, members, type Range, valueAt} from './json-ranges.js'

export type {Instance}

/** The format Terraform 0.12 and later and OpenTofu write. */
const FORMAT = 4

/** A Terraform state: what its head says, and its bytes. It may have 100 MB, so nothing of the body is parsed before it is asked for. */
export type StateDocument = {
  bytes: Buffer
  /** Where they came from, for the eyes. */
  from: string
  serial: number
  lineage: string
  terraformVersion: string
  /** Where the number stands in the bytes. */
  serialAt: Range
  resources?: Range
  outputs?: Range
  checks?: Range
}

/** Reads the head of a state. Throws when the bytes are no state. */
export function readDocument(bytes: Buffer, from: string): StateDocument {
  try {
    return headOf(bytes, from)
  } catch (error) {
    throw error instanceof SyntaxError ? notState(from, error.message) : error
  }
}

function headOf(bytes: Buffer, from: string): StateDocument {
  refuseStrange(bytes)
  const head = new Map([...members(bytes)].map(({key, value}) => [key, value]))
  const at = (key: string): Range => head.get(key) ?? broken(`it has no ${key}`)
  const value = (key: string) => valueAt(bytes, at(key))
  const part = (key: string) => (head.has(key) && !isNull(bytes, at(key)) ? at(key) : undefined)
  if (value('version') !== FORMAT) broken(`its format version is ${value('version')}, not ${FORMAT}`)
  const [serial, lineage] = [value('serial'), value('lineage')]
  if (!Number.isSafeInteger(serial) || typeof lineage !== 'string') return broken('serial or lineage is none')
  return {
    bytes,
    from,
    serial: serial as number,
    lineage,
    terraformVersion: head.has('terraform_version') ? String(value('terraform_version')) : '',
    serialAt: at('serial'),
    resources: part('resources'),
    outputs: part('outputs'),
    checks: part('check_results'),
  }
}

/** What is JSON and no object at all is not called broken. */
function refuseStrange(bytes: Buffer): void {
  const start = bytes.toString('utf8', 0, 64).trimStart()
  if (start === '') broken(bytes.length === 0 ? 'it is empty' : 'it is blank')
  if (start.startsWith('[')) broken('it is a list, not an object')
  if (/^null\s*$/.test(start)) broken('it is null')
  if (/^\{\s*\}\s*$/.test(start)) broken('it is an empty object')
}

/** As good as none, for Terraform too. */
const isNull = (bytes: Buffer, {start, end}: Range) =>
  end - start === 4 && bytes.toString('utf8', start, end) === 'null'

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
export function* resourcesIn({bytes, from, resources}: StateDocument): Generator<Range> {
  try {
    if (resources) yield* elements(bytes, resources)
  } catch (error) {
    throw notState(from, (error as Error).message)
  }
}

/** The instances of the resource that stands there. Throws when it is none as Terraform writes them. */
export function instancesIn({bytes, from}: StateDocument, at: Range): Instance[] {
  try {
    return instancesAs(valueAt(bytes, at) as RawResource)
  } catch (error) {
    const strange = `what begins at byte ${at.start} is no resource as Terraform writes it`
    throw notState(from, error instanceof SyntaxError ? error.message : strange, error)
  }
}

/** One of its other parts, parsed. */
export function partOf({bytes, from}: StateDocument, part: Range | undefined): unknown {
  try {
    return part && valueAt(bytes, part)
  } catch (error) {
    throw notState(from, (error as Error).message)
  }
}

/** Everything a state knows, one at a time in its own order. Throws where it is not as Terraform writes it. */
export function* instancesOf(document: StateDocument): Generator<Instance> {
  for (const at of resourcesIn(document)) yield* instancesIn(document, at)
}

/** How many things of the real world a state manages. */
export function countResources(document: StateDocument): number {
  let count = 0
  for (const {mode, deposed} of instancesOf(document)) if (mode === 'managed' && !deposed) count++
  return count
}

const notState = (from: string, why: string, cause?: unknown) =>
  new FbError(`${from} is not a Terraform state: ${why}.`, {
    code: 'bad_state',
    state: 'Nothing was changed.',
    next: ['fb state backups', 'fb state restore'],
    cause,
  })

function broken(why: string): never {
  throw new SyntaxError(why)
}
