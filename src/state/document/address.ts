import {type IndexKey, indexKey} from './index-key.js'

/** A part of an address: `module.ecs`, `aws_vpc.main` or `data.aws_subnets.public`, and which instance of it. */
export type Step = {
  /** All of it but the index. */
  name: string
  kind: 'module' | 'managed' | 'data'
  /** Of a resource. */
  type: string
  index?: IndexKey
  /** Where in the address the name ends. */
  end: number
  /** As Terraform would take it, not only as it can be understood. */
  proper: boolean
}

/** What an address points at for Terraform: a module, or one resource, or one of the instances of a resource. */
export type Target = {
  address: string
  steps: Step[]
  resource?: {mode: 'managed' | 'data'; type: string; index?: IndexKey}
}

const ESCAPE = String.raw`\\(?:["\\nrt]|u[\da-fA-F]{4}|U00(?:0[1-9a-fA-F]|10)[\da-fA-F]{4})`
const QUOTED = String.raw`"(?:[^"\\\p{Cc}]|${ESCAPE})*"`
const NAME = String.raw`[^.[\]*\s]+`
const RESOURCE = String.raw`(?<data>data)\.(?<read>${NAME})|(?<managed>${NAME})`
const STEP = new RegExp(
  String.raw`(?<full>(?:(?<module>module)|${RESOURCE})\.(?<name>${NAME}))(?:\[(?<key>${QUOTED}|[^"\]]+)\])?(?:\.|$)`,
  'uy',
)

/** The parts of an address; undefined when the text is none. Quotes that a shell has eaten are not missed. */
export function stepsOf(address: string): Step[] | undefined {
  const steps: Step[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < address.length) {
    const found = STEP.exec(address)
    if (!found) return undefined
    steps.push(stepOf(found))
  }
  return address.endsWith('.') ? undefined : steps
}

function stepOf({groups = {}, index}: RegExpExecArray): Step {
  const {full = '', module, data, read, managed, name = '', key} = groups as Record<string, string | undefined>
  const type = read ?? managed ?? ''
  const named = isName(name) && (module !== undefined || (isName(type) && type !== 'data'))
  return {
    name: full,
    kind: module ? 'module' : data ? 'data' : 'managed',
    type,
    index: key === undefined ? undefined : indexKey(key),
    end: index + full.length,
    proper: named && (key === undefined || /^"|^\d+$/.test(key)),
  }
}

const isName = (text: string) => /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(text)

/** Undefined for what Terraform would not take as an address either. */
export function targetOf(address: string): Target | undefined {
  const steps = stepsOf(address) ?? []
  const last = steps.at(-1)
  const inModules = steps.slice(0, -1).every(({kind}) => kind === 'module')
  if (!last || !inModules || !steps.every(({proper}) => proper)) return undefined
  const {kind, type, index} = last
  return {address, steps, resource: kind === 'module' ? undefined : {mode: kind, type, index}}
}

/** Whether the instance of that address is what Terraform takes the target for, or one of several. */
export function covers({steps: wanted}: Target, instance: string): boolean {
  const own = stepsOf(instance) ?? []
  return wanted.every(({name, index}, i) => {
    const any = i === wanted.length - 1 && index === undefined
    return name === own[i]?.name && (any || index === own[i]!.index)
  })
}

/** The index of the instance at an address. */
export const indexOf = ({address}: {address: string}): IndexKey | undefined => stepsOf(address)?.at(-1)?.index

/** The resource, or the module, that an instance is of. */
export function withoutIndex(address: string): string {
  const last = stepsOf(address)?.at(-1)
  return last ? address.slice(0, last.end) : address
}

/** As it must be typed in a shell. */
export const forShell = (address: string): string =>
  /^[\w.@%+=:,/-]+$/.test(address) ? address : `'${address.replaceAll("'", `'\\''`)}'`
