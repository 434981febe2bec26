import {SHARED} from '../config/names.js'
import {HOOKS, type StackSettings, type TerraformDocument} from './synth.js'

/** What Terraform is to make of a place, and which place that is. */
export type Definition = {
  app: string
  env: string
  account: string
  region: string
  document: TerraformDocument
  /** The zips of the hooks, which the document names by their path from where it stands. */
  hooks: {path: string; from: string}[]
}

export type Resource = {
  address: string
  module: string
  mode: 'managed' | 'data'
  type: string
  name: string
  body: Record<string, unknown>
}

export const definitionOf = (settings: StackSettings, document: TerraformDocument): Definition => ({
  app: settings.app,
  env: settings.environment.name,
  account: settings.account,
  region: settings.environment.region,
  document,
  hooks: hooksIn(document).map((path) => ({path, from: path.replace(HOOKS, settings.hooksDirectory)})),
})

const hooksIn = ({resource: {aws_lambda_function: functions = {}}}: TerraformDocument): string[] => [
  ...new Set(Object.values(functions).map(({filename}) => String(filename))),
]

/** The document as text. Terraform names the lines of this text when it finds something wrong. */
export const documentText = ({document}: Definition): string => `${JSON.stringify(document, undefined, 2)}\n`

/** Everything the document has, in its own order, with the module of infra/modules that made it. */
export function resourcesOf({resource = {}, data = {}}: TerraformDocument): Resource[] {
  return [...resourcesIn(resource, 'managed'), ...resourcesIn(data, 'data')]
}

function resourcesIn(types: TerraformDocument['resource'], mode: Resource['mode']): Resource[] {
  return Object.entries(types).flatMap(([type, named]) =>
    Object.entries(named).map(([name, {'//': comment, ...body}]) => ({
      address: `${mode === 'data' ? 'data.' : ''}${type}.${name}`,
      module: moduleIn(comment),
      mode,
      type,
      name,
      body,
    })),
  )
}

/** cdktf leaves the construct's path beside each resource: `dev/vpc/main`. */
function moduleIn(comment: unknown): string {
  const [, module, ...rest] = ((comment as Comment)?.metadata?.path ?? '').split('/')
  return rest.length > 0 ? module! : ''
}

type Comment = {metadata?: {path?: string}} | undefined

/** Things by module, in the order in which the modules are made. */
export function byModule<T extends {module: string}>(things: T[]): Map<string, T[]> {
  const modules = new Map<string, T[]>()
  for (const thing of things) modules.set(thing.module, [...(modules.get(thing.module) ?? []), thing])
  return modules
}

/** The files of a definition, as they stand in the directory that Terraform works in. */
export const filesOf = (definition: Definition) => [
  {path: 'main.tf.json', text: documentText(definition)},
  ...definition.hooks,
]

/** Without a certificate there is nothing to speak HTTPS with. */
export const speaksPlainHttp = ({environment: {name, loadBalancer, domain}}: StackSettings): boolean =>
  name !== SHARED && !loadBalancer.certificate && !domain
