import {nearest} from '../../config/nearest.js'
import {NotFound} from '../../errors.js'
import {type Step, stepsOf, withoutIndex} from './address.js'
import type {Instance} from './document.js'
import type {IndexKey} from './index-key.js'

type Addressed = Pick<Instance, 'address'>
type Ordered = Pick<Instance, 'address' | 'mode' | 'type' | 'name'>

/**
 * Whether an address is meant by a pattern: the address itself, that of a resource (all its instances), that of a module
 * (all below it), or one with `*` for any characters.
 */
export function meant(pattern: string): (instance: Addressed) => boolean {
  if (pattern.includes('*'))
    return ({address}) => address === pattern || isLike(address, pattern) || isLike(withoutIndex(address), pattern)
  const wanted = stepsOf(pattern)
  return ({address}) => address === pattern || begins(stepsOf(address) ?? [], wanted ?? [])
}

const begins = (own: Step[], wanted: Step[]): boolean =>
  wanted.length > 0 &&
  wanted.every(
    ({name, index}, i) => name === own[i]?.name && (index === undefined || String(index) === String(own[i]?.index)),
  )

/** Each part is looked for behind the one before it: no pattern makes this slow. */
function isLike(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop() ?? ''
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}

/** What the patterns mean, in their order; everything when there is none. Throws when one of them means nothing. */
export function matching<T extends Addressed>(instances: T[], patterns: string[]): T[] {
  if (patterns.length === 0) return instances
  const found = patterns.map((pattern) => {
    const own = instances.filter(meant(pattern))
    return own.length > 0 ? own : noMatch(instances, pattern)
  })
  return [...new Set(found.flat())]
}

const SUGGESTIONS = 3

function noMatch(instances: Addressed[], pattern: string): never {
  const word = pattern.replace(/\.?\*/g, '')
  const near = suggestions(instances, word)
  const meant = near.slice(0, SUGGESTIONS).join(' or ')
  throw new NotFound(`Nothing in the state is called ${pattern}.`, {
    code: 'no_match',
    because: meant ? [`Did you mean ${meant}?`] : [],
    next: [near.length > SUGGESTIONS ? `fb state list '*${word}*'` : 'fb state list'],
  })
}

/** Addresses that hold the word, or else those that it may be a slip of, or of a part of which. */
function suggestions(instances: Addressed[], word: string): string[] {
  const resources = [...new Set(instances.map(({address}) => withoutIndex(address)))]
  const all = new Set(instances.flatMap(({address}) => [address, withoutIndex(address)]))
  const holding = word.length > 2 ? [...all].filter((address) => address.includes(word)) : []
  if (holding.length > 0) return holding
  const parts = new Map(resources.flatMap(partsOf).reverse())
  for (const address of all) parts.set(address, address)
  return [...new Set(nearest(word, parts.keys(), SUGGESTIONS).map((part) => parts.get(part)!))]
}

/** What a person may remember of an address, and the address to type for it. */
function partsOf(address: string): [part: string, address: string][] {
  const modules = [...address.matchAll(/(?<=^|\.)module\.[^.]+(?=\.)/g)].map(({0: part, index}) => {
    const module = address.slice(0, index + part.length)
    return [module, module] as [string, string]
  })
  const [type = '', name = ''] = address.split('.').slice(-2)
  return [...modules, [`${type}.${name}`, address], [type, address], [name, address]]
}

/** In Terraform's order: outer modules first, in each the data sources first, and 9 before 10. */
export function inOrder<T extends Ordered>(instances: T[]): T[] {
  const placed = instances.map((instance) => ({instance, steps: stepsOf(instance.address) ?? []}))
  return placed.sort((a, b) => comparePlaces(a, b)).map(({instance}) => instance)
}

type Placed = {instance: Ordered; steps: Step[]}

function comparePlaces(a: Placed, b: Placed): number {
  if (a.steps.length !== b.steps.length) return a.steps.length - b.steps.length
  for (const [i, {name, index}] of a.steps.slice(0, -1).entries()) {
    const other = b.steps[i]!
    const order = compareTexts(name, other.name) || compareIndexes(index, other.index)
    if (order !== 0) return order
  }
  return compareResources(a.instance, b.instance) || compareIndexes(a.steps.at(-1)?.index, b.steps.at(-1)?.index)
}

const compareResources = (a: Ordered, b: Ordered): number =>
  compareTexts(a.mode, b.mode) || compareTexts(a.type, b.type) || compareTexts(a.name, b.name)

function compareIndexes(a: IndexKey | undefined, b: IndexKey | undefined): number {
  const rank = (index: IndexKey | undefined) => ['undefined', 'number', 'string'].indexOf(typeof index)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return rank(a) - rank(b) || compareTexts(String(a), String(b))
}

/** As Go compares: byte by byte. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return /[\ud800-\udfff]/.test(a + b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : a < b ? -1 : 1
}
