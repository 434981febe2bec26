import {synthesize, type TerraformDocument} from '../../infra/app.js'
import type {StackSettings} from '../../infra/settings.js'
import {SHARED} from '../../src/config/names.js'
import type {FbYml} from '../../src/config/schema.js'
import {settle} from '../../src/config/settings.js'

export type Knobs = NonNullable<FbYml['environments']>[string]
export type Wanted = {
  env?: string
  knobs?: Knobs
  services?: FbYml['services']
  app?: string
  account?: string
  hooksDirectory?: string
}

export const ACCOUNT = '111111111111'

/** The Terraform document of an environment whose fb.yml has these knobs, and no others. */
export const documentFor = (wanted: Wanted = {}): TerraformDocument => synthesize(settingsFor(wanted))

/** What it is made from. */
export function settingsFor({
  env = 'dev',
  knobs = {},
  services,
  app,
  account = ACCOUNT,
  hooksDirectory = '/hooks',
}: Wanted = {}): StackSettings {
  const {environments, shared, ...settings} = settle({app, services, environments: {[env]: knobs}})
  const environment = env === SHARED ? shared : environments[env]!
  return {...settings, environment, account, hooksDirectory}
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of any depth, of which each test says what it expects
type Attributes = Record<string, any>

/** The attributes of one resource by its address, as Terraform reads them. */
export function resource(document: TerraformDocument, address: string): Attributes {
  const [type, name] = address.split('.') as [string, string]
  const found = document.resource[type]?.[name]
  if (!found) throw new Error(`There is no ${address}, but ${Object.keys(document.resource[type] ?? {}).join(', ')}`)
  const {'//': _, ...attributes} = found
  return attributes
}

/** The addresses of all resources of a type. */
export const addresses = ({resource: types}: TerraformDocument, type: string): string[] =>
  Object.keys(types[type] ?? {}).map((name) => `${type}.${name}`)
