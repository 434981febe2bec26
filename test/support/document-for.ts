import {synthesize, type TerraformDocument} from '../../infra/app.js'
import {SHARED} from '../../src/config/names.js'
import type {FbYml} from '../../src/config/schema.js'
import {settle} from '../../src/config/settings.js'

type Knobs = NonNullable<FbYml['environments']>[string]
type Wanted = {env?: string; knobs?: Knobs; services?: FbYml['services']; app?: string}

export const ACCOUNT = '111111111111'

/** The Terraform document of an environment whose fb.yml has these knobs, and no others. */
export function documentFor({env = 'dev', knobs = {}, services, app}: Wanted = {}): TerraformDocument {
  const {environments, shared, ...settings} = settle({app, services, environments: {[env]: knobs}})
  const environment = env === SHARED ? shared : environments[env]!
  return synthesize({...settings, environment, account: ACCOUNT, hooksDirectory: '/hooks'})
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
