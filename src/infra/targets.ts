import {nearest} from '../config/nearest.js'
import {NotFound} from '../errors.js'
import {byModule, type Definition, resourcesOf} from './definition.js'

/** What Terraform is told to look at; nothing: at everything. */
export const targetsIn = (definition: Definition, modules?: string[]): string[] | undefined =>
  modules?.flatMap((name) => addressesIn(definition, name))

/** The addresses of all that a module has. */
export function addressesIn({document, env}: Definition, module: string): string[] {
  const modules = byModule(resourcesOf(document))
  const own = modules.get(module)
  if (own) return own.map(({address}) => address)
  const known = [...modules.keys()]
  const near = nearest(module, known)
  throw new NotFound(`The definition of ${env} has no module ${module}.`, {
    code: 'unknown_module',
    because: [near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It has ${known.join(', ')}.`],
    state: 'Nothing was changed.',
    next: [`--target-module ${near[0] ?? known[0]}`],
  })
}
