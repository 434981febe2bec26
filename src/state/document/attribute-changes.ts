import {canonical} from './canonical.js'
import type {Instance} from './document.js'
import {masked} from './masked.js'
import {jsonIn, SENSITIVE} from './masked-text.js'

/** One value that differs. Of a sensitive one nothing but that is told. */
export type AttributeChange = {name: string; before?: unknown; after?: unknown; sensitive?: true}

/** A value, and the same one as people may see it. */
type Seen = {raw: unknown; shown: unknown}

/** What differs between two readings of the same thing, by the names of attributes, blocks and what is in their JSON. */
export function attributeChanges(before: Instance, after: Instance): AttributeChange[] {
  return [
    ...changes('tainted', same(before.tainted), same(after.tainted)),
    ...changes('provider', same(before.provider), same(after.provider)),
    ...changes('', attributesOf(before), attributesOf(after)),
  ]
}

const same = (raw: unknown): Seen => ({raw, shown: raw})

const attributesOf = ({type, attributes, sensitive}: Instance): Seen => ({
  raw: attributes,
  shown: masked(type, attributes, sensitive),
})

function changes(name: string, before: Seen, after: Seen): AttributeChange[] {
  if (isSame(before.raw, after.raw)) return []
  if (before.shown === SENSITIVE || after.shown === SENSITIVE) return [{name, sensitive: true}]
  const [from, to] = [opened(before), opened(after)]
  if (isList(from.raw) && isList(to.raw)) return elementChanges(name, from, to)
  if (isBlock(from.raw) && isBlock(to.raw)) return memberChanges(name, from, to)
  return [whole(name, before, after)]
}

const isSame = (a: unknown, b: unknown) =>
  a === b || ((typeof a === 'object' || typeof b === 'object') && canonical(a) === canonical(b))

/** Where all that differs is hidden, the values would say nothing. */
const whole = (name: string, {shown: before}: Seen, {shown: after}: Seen): AttributeChange =>
  isSame(before, after) ? {name, sensitive: true} : {name, before, after}

/** A text that holds JSON is compared as what it holds. */
const opened = ({raw, shown}: Seen): Seen => {
  const json = typeof raw === 'string' && typeof shown === 'string' ? jsonIn(raw) : undefined
  return isList(json) || isBlock(json) ? {raw: json, shown: jsonIn(shown as string)} : {raw, shown}
}

type Block = Record<string, unknown>

const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null && !Array.isArray(value)
const isList = Array.isArray

const memberOf = ({raw, shown}: Seen, name: string): Seen => ({
  raw: (raw as Block)[name],
  shown: (shown as Block)[name],
})

const memberChanges = (name: string, before: Seen, after: Seen): AttributeChange[] =>
  [...new Set([...Object.keys(before.raw as Block), ...Object.keys(after.raw as Block)])].flatMap((member) =>
    changes(name ? `${name}.${member}` : member, memberOf(before, member), memberOf(after, member)),
  )

/** Elements that are in both say nothing: one rule more in the middle of twenty is one change. */
function elementChanges(name: string, before: Seen, after: Seen): AttributeChange[] {
  const [from, to] = [elementsOf(before), elementsOf(after)]
  if (![...from, ...to].some(({raw}) => isBlock(raw) || isList(raw))) return [whole(name, before, after)]
  const [gone, come] = [without(from, to), without(to, from)]
  if (gone.length + come.length === 0) return [{name: `${name} (order)`}]
  const alone = from.length === 1 && to.length === 1
  return (alone ? byPlace(gone, come) : pairs(gone, come)).flatMap(([was, is]) =>
    changes(`${name}[${(was ?? is)!.at}]`, was ?? same(undefined), is ?? same(undefined)),
  )
}

type Pair = [was: Element | undefined, is: Element | undefined]

/** Which became which. In a set the place of an element says nothing: those that name themselves are found by their name. */
function pairs(gone: Element[], come: Element[]): Pair[] {
  const identity = IDENTITIES.find((member) => tellsApart(member, gone) && tellsApart(member, come))
  if (!identity) return byPlace(gone, come)
  const own = (one: Element) => (one.raw as Block)[identity]
  const met = gone.map((was): Pair => [was, come.find((is) => own(is) === own(was))])
  return [...met, ...come.filter((is) => !met.some(([, known]) => known === is)).map((is): Pair => [undefined, is])]
}

const byPlace = (gone: Element[], come: Element[]) =>
  Array.from({length: Math.max(gone.length, come.length)}, (_, i): Pair => [gone[i], come[i]])

/** Members by which AWS and Terraform know an element of a list. */
const IDENTITIES = ['id', 'name', 'key', 'Sid', 'sid', 'capacity_provider', 'cidr_block']

function tellsApart(member: string, elements: Element[]): boolean {
  const found = elements.map(({raw}) => (isBlock(raw) ? raw[member] : undefined))
  return found.every((one) => typeof one === 'string' && one !== '') && new Set(found).size === found.length
}

type Element = Seen & {at: number; text: string}

const elementsOf = ({raw, shown}: Seen): Element[] =>
  (raw as unknown[]).map((one, at) => ({at, text: canonical(one), raw: one, shown: (shown as unknown[])[at]}))

function without(own: Element[], others: Element[]): Element[] {
  const left = others.map(({text}) => text)
  return own.filter(({text}) => {
    const found = left.indexOf(text)
    if (found >= 0) left.splice(found, 1)
    return found < 0
  })
}
