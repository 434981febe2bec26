import {Refused, UsageError} from '../errors.js'
import type {CurrentState} from './current.js'
import {covers, forShell, type Target, targetOf, withoutIndex} from './document/address.js'
import {matching} from './document/addresses.js'
import {addressesOf, countManaged, type EditPlan, type Entry, readEntries, type Thing, thingsOf} from './edit.js'

/** A thing at its old address, and the new one. */
export type Moved = Thing & {to: string}

export type Move = EditPlan & {
  moved: Moved[]
  /** What is allowed and rarely meant. */
  warning?: string
}

/** Finds what has which address afterwards. Throws when Terraform would not move it. */
export function planMove(current: CurrentState, asked: string, to: string): Move {
  const entries = readEntries(current)
  const goal = targetOf(to) ?? badTarget(to)
  const target = sourceOf(entries, asked)
  const {address: from} = target
  const moving = movedBy(entries, target)
  refuseOtherKind(target, goal)
  const whole = moving.some(({address}) => address !== from)
  if (whole && goal.resource?.index !== undefined)
    throw refusal(from, to, 'several instances move only to a whole resource')
  refuseTaken(entries, goal, whole)
  const placeOf = (address: string) => to + address.slice(from.length)
  const going = new Set(moving)
  const stay = entries.filter((entry) => !going.has(entry))
  return {
    current,
    edit: ['mv', from, to],
    moved: thingsOf(moving).map((thing) => ({...thing, to: placeOf(thing.address)})),
    after: [...addressesOf(stay), ...addressesOf(moving).map(placeOf)],
    rest: countManaged(stay),
    warning: mixedKeys(goal, stay),
  }
}

/** What is asked for, if Terraform takes it as one thing; else the one instance that is meant. */
function sourceOf(entries: Entry[], asked: string): Target {
  const target = targetOf(asked)
  if (target && movedBy(entries, target).length > 0) return target
  const [first, ...more] = addressesOf(matching(entries, [asked]))
  const isModule = target && !target.resource
  if (more.length === 0 && !isModule) return targetOf(first!)!
  throw new Refused(`${asked} is not one thing in the state: move one after the other.`, {
    code: 'several_sources',
    because: [first!, ...more].slice(0, 5),
    state: 'Nothing was changed.',
  })
}

/** A module moves by its whole address, index and all; a resource as a whole, unless it has an instance of just this address. */
function movedBy(entries: Entry[], target: Target): Entry[] {
  const exact = entries.filter(({address}) => address === target.address)
  if (exact.length > 0) return exact
  if (target.resource) return entries.filter(({address}) => covers(target, address))
  return entries.filter(({address}) => address.startsWith(`${target.address}.`))
}

/** Types are a provider's word for what a thing is: an object of one is none of another. */
function refuseOtherKind({address: from, resource: a}: Target, {address: to, resource: b}: Target): void {
  if (!a && !b) return
  if (!a) throw refusal(from, to, 'a module cannot become a resource')
  if (!b) throw refusal(from, to, 'a resource cannot become a module')
  if (a.mode !== b.mode) throw refusal(from, to, 'one is managed and the other is only read')
  if (a.type !== b.type) throw refusal(from, to, `${a.type} and ${b.type} are different types`)
}

const refusal = (from: string, to: string, why: string) =>
  new Refused(`${from} cannot become ${to}: ${why}.`, {code: 'other_kind', state: 'Nothing was changed.'})

/** An instance can join others of its resource; modules and whole resources must be new. */
function refuseTaken(entries: Entry[], to: Target, whole: boolean): void {
  const taken = entries.find(({address}) => (whole ? covers(to, address) : address === to.address))
  if (!taken) return
  throw new Refused(`${to.address} is taken: the state has something there already.`, {
    code: 'target_taken',
    because: [`${taken.address} ${thingsOf([taken])[0]!.id ?? ''}`.trim()],
    state: 'Nothing was changed.',
    next: [`fb state show ${forShell(taken.address)}`],
  })
}

function mixedKeys(to: Target, stay: Entry[]): string | undefined {
  const resource = withoutIndex(to.address)
  const kind = (address: string) => (address.endsWith('"]') ? 'for_each' : address.endsWith(']') ? 'count' : 'neither')
  const others = stay.filter(({address}) => address === resource || address.startsWith(`${resource}[`))
  const other = to.resource && others.find(({address}) => kind(address) !== kind(to.address))
  return (
    other && `${resource} has ${forShell(other.address)} too: code can define one of them, and the other is destroyed.`
  )
}

const SUCH_AS = 'such as aws_vpc.main, module.network or module.ecs.aws_ecs_service.app["v1"]'

function badTarget(to: string): never {
  const quoted = to.replace(/\[([^\]"]*[^\]"\d][^\]"]*)\]/g, '["$1"]')
  throw new UsageError(`${to} is no address that a module or resource can have.`, {
    code: 'bad_address',
    because: [targetOf(quoted) ? `Shells take double quotes away. Type ${forShell(quoted)}` : SUCH_AS],
    state: 'Nothing was changed.',
  })
}
