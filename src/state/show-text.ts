import {clip, padEnd, widthOf, wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import type {Instance} from './document/document.js'
import {masked} from './document/masked.js'
import {jsonIn, SENSITIVE} from './document/masked-text.js'

/** An instance as people and scripts may see it. */
export type Shown = Pick<Instance, 'address' | 'type' | 'provider' | 'tainted' | 'deposed' | 'dependencies'> & {
  attributes: Record<string, unknown>
}

export const shown = ({
  address,
  type,
  provider,
  tainted,
  deposed,
  dependencies,
  attributes,
  sensitive,
}: Instance): Shown => ({
  address,
  type,
  provider,
  tainted,
  deposed,
  attributes: masked(type, attributes, sensitive),
  dependencies,
})

/** Everything that is known of an instance; what is null is left out. */
export function shownText(
  {address, provider, tainted, deposed, attributes, dependencies}: Shown,
  canvas: Canvas,
): string[] {
  const {paint, safe, width} = canvas
  const fact = (text: string) => wrapped(`  ${text}`, width, 2)
  return [
    paint.bold(safe(address)),
    ...fact(paint.dim(safe(providerName(provider)))),
    ...(tainted ? fact(paint.warn('tainted: Terraform replaces it with the next apply')) : []),
    ...(deposed ? fact(paint.warn(`deposed ${safe(deposed)}: Terraform destroys it with the next apply`)) : []),
    '',
    ...membersText(attributes, '  ', canvas),
    ...(dependencies.length > 0 ? ['', `  ${paint.dim('depends on')}`] : []),
    ...dependencies.map((one) => `    ${safe(one)}`),
  ]
}

/** `provider["registry.terraform.io/hashicorp/aws"].euro` without what every one has. */
const providerName = (provider: string) =>
  provider.replace(/^(.*)provider\["(?:registry\.terraform\.io\/)?([^"]*)"\]/, '$1$2')

type Member = [name: string, value: unknown]

/** Values first, aligned, then the blocks. */
function membersText(members: object, indent: string, canvas: Canvas): string[] {
  const known = Object.entries(members).filter(([, value]) => value !== null && value !== undefined)
  const values = known.filter(([, value]) => inline(value) !== undefined)
  const edge = Math.max(0, ...values.map(([name]) => widthOf(canvas.safe(name))))
  return [
    ...values.flatMap(([name, value]) => valueText(name, value, edge, indent, canvas)),
    ...known.filter(([, value]) => inline(value) === undefined).flatMap((member) => blockText(member, indent, canvas)),
  ]
}

/** A value keeps to its column on the lines that it needs; three are enough to know it by. */
function valueText(name: string, value: unknown, edge: number, indent: string, {paint, safe, width}: Canvas): string[] {
  const start = `${indent}${padEnd(safe(name), edge)} ${paint.dim('=')} `
  const text = safe(inline(value)!)
  const colour = value === SENSITIVE ? paint.warn : /^(\[\]|\{\}|"")$/.test(text) ? paint.dim : String
  const room = Math.max(20, width - widthOf(start))
  const own = [...text]
  const parts = own.length <= room ? [text] : [0, 1].map((i) => own.slice(i * room, (i + 1) * room).join(''))
  const rest = own.slice(2 * room).join('')
  return [...parts, ...(own.length > room && rest ? [clip(rest, room)] : [])].map(
    (part, i) => (i === 0 ? start : ' '.repeat(widthOf(start))) + colour(part),
  )
}

/** What fits into a line: a value, or a list of values. */
function inline(value: unknown): string | undefined {
  if (value === SENSITIVE) return SENSITIVE
  if (typeof value === 'string') return lines(value) || isOpened(value) ? undefined : JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return inlineList(value)
  return Object.keys(value).length === 0 ? '{}' : undefined
}

function inlineList(list: unknown[]): string | undefined {
  const parts = list.map((one) => (typeof one === 'object' && one !== null ? undefined : inline(one)))
  return parts.includes(undefined) ? undefined : `[${parts.join(', ')}]`
}

const isOpened = (text: string) => typeof jsonIn(text) === 'object'
const lines = (text: string): boolean => /\n./.test(text)

/** A text of many lines: enough to know it by, on a screen. */
const MOST = 12

function blockText([name, value]: Member, indent: string, canvas: Canvas): string[] {
  const {paint, safe} = canvas
  const inner = `${indent}  `
  const title = (more = '') => `${indent}${safe(name)}${more && paint.dim(more)}`
  if (typeof value === 'string') {
    const json = jsonIn(value)
    return typeof json === 'object' && json !== null
      ? blockText([`${name} (JSON)`, json], indent, canvas)
      : [title(), ...longText(value, inner, canvas)]
  }
  if (!Array.isArray(value)) return [title(), ...membersText(value as object, inner, canvas)]
  if (value.length === 1) return blockText([name, value[0]], indent, canvas)
  return value.flatMap((one, i) =>
    inline(one) === undefined
      ? blockText([`${name}[${i}]`, one], indent, canvas)
      : valueText(`${name}[${i}]`, one, 0, indent, canvas),
  )
}

function longText(text: string, indent: string, {paint, safe, width}: Canvas): string[] {
  const all = text.trimEnd().split('\n')
  const most = width === Infinity || all.length <= MOST + 1 ? all.length : MOST
  return [
    ...all.slice(0, most).map((line) => `${indent}${clip(safe(line), width - indent.length)}`),
    ...(most < all.length ? [`${indent}${paint.dim(`and ${all.length - most} more lines`)}`] : []),
  ]
}
