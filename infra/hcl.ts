import {DefaultTokenResolver, StringConcat, type TerraformElement, type TerraformStack, Tokenization} from 'cdktf'

/** What cdktf tells of an attribute for HCL: its value, and whether it is a block. A provider's keys become snake case on the way. */
type Told = {value: unknown; isBlock?: boolean; is_block?: boolean; storageClassType?: string}
type Body = Record<string, unknown>

/** What Terraform's own blocks hold, cdktf tells nothing of. */
const META_BLOCKS = new Set(['lifecycle', 'timeouts'])
const REFERENCES = new Set(['depends_on', 'ignore_changes', 'replace_triggered_by'])

/**
 * The elements of a stack in HCL. cdktf's own writer breaks a text that has both quotes and a reference, and a `terraform`
 * block that is not its own: only what it knows of attributes and blocks is taken from it.
 */
export function hclOf(stack: TerraformStack): string[] {
  const elements = stack.node.findAll().filter(isElement)
  const resolver = new DefaultTokenResolver(new StringConcat())
  const resolved = (told: object) => Tokenization.resolve(told, {scope: stack, resolver, preparing: false}) as Fragment
  return elements.flatMap((element) => elementBlocks(resolved(element.toHclTerraform())))
}

const isElement = (node: object): node is TerraformElement => 'toHclTerraform' in node && !('prepareStack' in node)

type Fragment = {
  provider?: Record<string, Body[]>
  resource?: Record<string, Record<string, Body>>
  data?: Record<string, Record<string, Body>>
  output?: Record<string, Body>
}

function elementBlocks({provider = {}, resource = {}, data = {}, output = {}}: Fragment): string[] {
  const labelled = (keyword: string, types: Record<string, Record<string, Body>>) =>
    Object.entries(types).flatMap(([type, named]) =>
      Object.entries(named).map(([name, body]) => block(`${keyword} "${type}" "${name}"`, body)),
    )
  return [
    ...Object.entries(provider).flatMap(([name, all]) => all.map((body) => block(`provider "${name}"`, body))),
    ...labelled('resource', resource),
    ...labelled('data', data),
    ...Object.entries(output).map(([name, body]) => block(`output "${name}"`, body)),
  ]
}

/** A block with all it holds; `raw` when nobody told which of its values are blocks, and then all objects are. */
export function block(head: string, body: Body, indent = '', raw = false): string {
  const inner = `${indent}  `
  const members = Object.entries(body).filter(([name]) => name !== '//')
  const lines = members.flatMap(([name, value]) => member(name, value, inner, raw))
  return `${indent}${head} {\n${aligned(lines)}${indent}}\n`
}

type Line = {text: string} | {name: string; value: string; indent: string}

function member(name: string, given: unknown, indent: string, raw: boolean): Line[] {
  const value = isTold(given) ? given.value : given
  if (value === null || value === undefined) return []
  const isBlock = isTold(given) ? isToldBlock(given) : META_BLOCKS.has(name) || (raw && holdsObjects(value))
  if (!isBlock)
    return [{name: REFERENCES.has(name) ? name : label(name), value: expression(name, value, indent), indent}]
  const bodies = (Array.isArray(value) ? value : [value]) as Body[]
  return bodies.map((body) => ({text: block(name, body, indent, !Object.values(body).some(isTold))}))
}

/** Blocks that nest without end are `any` to the bindings. */
const isToldBlock = ({value, storageClassType, isBlock, is_block}: Told) =>
  (isBlock ?? is_block) || (storageClassType === 'any' && holdsObjects(value))

const isTold = (value: unknown): value is Told =>
  isObject(value) && 'value' in value && ('isBlock' in value || 'is_block' in value)
const isObject = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value)
const holdsObjects = (value: unknown) => isObject(value) || (Array.isArray(value) && value.some(isObject))

/** As `terraform fmt` has it: the equals signs of neighbours stand below one another. */
function aligned(lines: Line[]): string {
  let text = ''
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    if ('text' in line) {
      text += `${i > 0 ? '\n' : ''}${line.text}`
      continue
    }
    const group = neighbours(lines, i)
    const width = Math.max(...group.map(({name}) => name.length))
    if (i > 0 && 'text' in lines[i - 1]!) text += '\n'
    text += `${line.indent}${line.name.padEnd(width)} = ${line.value}\n`
  }
  return text
}

/** The attributes around one that stand together: values of one line. */
function neighbours(lines: Line[], at: number): Extract<Line, {name: string}>[] {
  const single = (line: Line | undefined) => line !== undefined && 'name' in line && !line.value.includes('\n')
  if (!single(lines[at])) return [lines[at] as Extract<Line, {name: string}>]
  let [from, to] = [at, at]
  while (single(lines[from - 1])) from--
  while (single(lines[to + 1])) to++
  return lines.slice(from, to + 1) as Extract<Line, {name: string}>[]
}

const label = (name: string): string => (/^[A-Za-z_][\w-]*$/.test(name) ? name : JSON.stringify(name))

function expression(name: string, value: unknown, indent: string): string {
  if (isTold(value)) return expression(name, value.value, indent)
  if (typeof value === 'string') return REFERENCES.has(name) ? value : quoted(value)
  if (Array.isArray(value))
    return list(
      value.map((one) => expression(name, one, `${indent}  `)),
      indent,
    )
  if (!isObject(value)) return String(value)
  const members = Object.entries(value).filter(([, one]) => one !== null && one !== undefined)
  if (members.length === 0) return '{}'
  const inner = `${indent}  `
  const lines = members.map(([key, one]) => ({name: label(key), value: expression(key, one, inner), indent: inner}))
  return `{\n${aligned(lines)}${indent}}`
}

function list(parts: string[], indent: string): string {
  const line = `[${parts.join(', ')}]`
  if (line.length + indent.length <= 100 && !line.includes('\n')) return line
  return `[\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}]`
}

/** A text is a template in both forms; what stands in `${}` is an expression and keeps its quotes. */
function quoted(text: string): string {
  const parts = templateParts(text)
  const only = parts.length === 1 ? parts[0]! : ''
  if (only.startsWith('${')) return only.slice(2, -1)
  const escaped = parts.map((part) => (part.startsWith('${') ? part : JSON.stringify(part).slice(1, -1)))
  return `"${escaped.join('')}"`
}

/** Literals and interpolations, in their order. */
function templateParts(text: string): string[] {
  const parts: string[] = []
  let rest = text
  for (let at = opening(rest); at >= 0; at = opening(rest)) {
    if (at > 0) parts.push(rest.slice(0, at))
    const end = closing(rest, at)
    parts.push(rest.slice(at, end))
    rest = rest.slice(end)
  }
  return rest ? [...parts, rest] : parts
}

/** `$${` is no interpolation. */
const opening = (text: string): number => text.search(/(?<!\$)\$\{/)

function closing(text: string, from: number): number {
  let depth = 0
  let inText = false
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') inText = !inText
    else if (!inText && text[i] === '{') depth++
    else if (!inText && text[i] === '}' && --depth === 0) return i + 1
  }
  return text.length
}
