import type {TerraformDocument} from '../../infra/app.js'

// biome-ignore lint/suspicious/noExplicitAny: JSON of any depth, of which each test says what it expects
type Json = any

/** The value with each reference to an attribute that stands in the document itself replaced by what stands there. */
export function literal(document: TerraformDocument, value: Json): Json {
  if (typeof value === 'string')
    return value.replace(/\$\{([a-z0-9_]+)\.(\w+)\.(\w+)\}/g, (reference, type, name, attribute) => {
      const found = document.resource[type]?.[name]?.[attribute]
      return typeof found === 'string' ? literal(document, found) : reference
    })
  if (Array.isArray(value)) return value.map((one) => literal(document, one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, literal(document, one)]))
}
