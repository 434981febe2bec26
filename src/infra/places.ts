import {type Definition, documentText, resourcesOf} from './definition.js'

type Wrong = {address?: string; line?: number}

/** Where in infra/ something is that Terraform names by an address or by a line of the document. */
export function placesOf(definition: Definition): (wrong: Wrong) => string | undefined {
  const modules = new Map(resourcesOf(definition.document).map(({address, module}) => [address, module]))
  const lines = documentText(definition).split('\n')
  return ({address, line}) => {
    const path = line === undefined ? [] : pathAt(lines, line)
    if (address?.startsWith('provider[') || path[0] === 'provider') return 'infra/stack · the AWS provider'
    const found = address ?? addressIn(path)
    if (!found) return path[0]
    // Terraform names the line of the whole resource, and the first key in it is cdktf's comment.
    const attribute = path[3] === '//' ? undefined : path[3]
    const module = modules.get(found.replace(/\[.*$/, ''))
    const sought = found === ZONE ? soughtZone(definition) : ''
    const thing = attribute ? `${found}.${attribute}` : found
    return module ? `infra/modules/${module} · ${thing}${sought}` : thing
  }
}

const ZONE = 'data.aws_route53_zone.zone'

/** AWS does not say what it has not found. */
function soughtZone({document: {resource, data}}: Definition): string {
  const {name} = data?.aws_route53_zone?.zone ?? {}
  const {domain_name: domain} = resource.aws_acm_certificate?.main ?? {}
  return `, the public zone ${name} for ${domain}`
}

function addressIn([block, type, name]: string[]): string | undefined {
  if (!type || !name) return undefined
  if (block === 'resource') return `${type}.${name}`
  if (block === 'data') return `data.${type}.${name}`
  return undefined
}

/** The keys under which a line of the indented document stands: what stands further left above it. */
function pathAt(lines: string[], line: number): string[] {
  const path: string[] = []
  let edge = Number.POSITIVE_INFINITY
  for (let at = line - 1; at >= 0 && edge > 2; at--) {
    const [, indent = '', key] = /^( +)"((?:[^"\\]|\\.)*)": ?/.exec(lines[at] ?? '') ?? []
    if (key === undefined || indent.length >= edge) continue
    path.unshift(key)
    edge = indent.length
  }
  return path
}
