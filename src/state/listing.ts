import {padEnd, widthOf, wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import {indexOf} from './document/address.js'
import {inOrder, matching} from './document/addresses.js'
import {type Instance, instancesOf, type StateDocument} from './document/document.js'
import type {IndexKey} from './document/index-key.js'
import {shownId} from './document/masked.js'
import {count} from './words.js'

/** A resource without its attributes. */
export type Listed = Omit<Instance, 'attributes' | 'sensitive' | 'dependencies'> & {index?: IndexKey; id?: string}

export type Listing = Pick<StateDocument, 'serial' | 'lineage' | 'terraformVersion'> & {
  env: string
  resources: Listed[]
}

/** What a state knows in Terraform's order, or what the patterns mean of it in theirs. */
export function listing(document: StateDocument, env: string, patterns: string[]): Listing {
  const {serial, lineage, terraformVersion} = document
  const all: Listed[] = []
  for (const instance of instancesOf(document)) all.push(listed(instance))
  return {env, serial, lineage, terraformVersion, resources: matching(inOrder(all), patterns)}
}

function listed(instance: Instance): Listed {
  const {attributes: _, sensitive: __, dependencies: ___, ...rest} = instance
  return {...rest, index: indexOf(instance), id: shownId(instance)}
}

/** Line for line what `terraform state list` prints. */
export const listingLines = ({resources}: Listing): string[] => [...new Set(resources.map(({address}) => address))]

/** By modules, for the eyes. */
export function listingText({env, serial, resources}: Listing, canvas: Canvas): string[] {
  const {paint} = canvas
  const modules = byModule(resources)
  const groups = [...modules].flatMap(([module, own]) => moduleText(module, own, modules.size > 1, canvas))
  const [data, managed] = [true, false].map((data) => resources.filter(({mode}) => (mode === 'data') === data).length)
  const counts = [count(managed!, 'resource'), ...(data ? [count(data, 'data source')] : [])]
  const places = modules.size > 1 ? ` in ${count(modules.size, 'module')}` : ''
  const summary = `${paint.bold(env)} · ${counts.join(' and ')}${places} · serial ${serial}`
  return [...groups, ...wrapped(summary, canvas.width, 2)]
}

function byModule(resources: Listed[]): Map<string, Listed[]> {
  const modules = new Map<string, Listed[]>()
  for (const one of resources) {
    const own = modules.get(one.module)
    if (own) own.push(one)
    else modules.set(one.module, [one])
  }
  return modules
}

function moduleText(module: string, resources: Listed[], heading: boolean, canvas: Canvas): string[] {
  const {paint, safe} = canvas
  const names = resources.map(({address}) => safe(module ? address.slice(module.length + 1) : address))
  const edge = Math.min(Math.max(...names.map(widthOf)), canvas.width - ROOM) + 2
  const title = `${paint.bold(safe(module || 'root module'))}  ${paint.dim(String(resources.length))}`
  return [
    ...(module || heading ? [title] : []),
    ...resources.map((one, i) => `  ${lineOf(one, names[i]!, edge, canvas)}`.trimEnd()),
    '',
  ]
}

/** For the words beside an address. */
const ROOM = 24

function lineOf({mode, tainted, deposed}: Listed, name: string, edge: number, {paint, safe}: Canvas): string {
  const words = [
    ...(tainted ? [paint.warn('tainted')] : []),
    ...(deposed ? [paint.warn(`deposed ${safe(deposed)}`)] : []),
  ]
  return `${padEnd(mode === 'data' ? paint.dim(name) : name, words.length > 0 ? edge : 0)}${words.join(' ')}`
}
