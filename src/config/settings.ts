import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {UsageError} from '../errors.js'
import {type Infrastructure, settleInfrastructure} from './infrastructure.js'
import {SANDBOX, SHARED} from './names.js'
import {nearest} from './nearest.js'
import type {FbYml} from './schema.js'
import {zonesOf} from './zones.js'

export type Service = {path: string; port: number; health: string}

export type Environment = Infrastructure & {
  name: string
  region: string
  account?: string
  profile?: string
  protected: boolean
  cpu: number
  memory: number
  minTasks: number
  maxTasks: number
  /** Where the AWS services are, by the provider's names for them, when they are an emulator's: `{ec2: http://...}`. */
  endpoints?: Partial<Record<string, string>>
}

/** Where Terraform keeps its state, and what locks it: a DynamoDB table, a lock file of S3's own, or both. */
export type StateSettings = {
  bucket: string
  region?: string
  lockTable?: string
  lockfile: boolean
  /** The table that locks nothing here; who has an older fb.yml may still use it. */
  unusedTable?: string
}

export type Settings = {
  app: string
  services: Record<string, Service>
  environments: Record<string, Environment>
  /** What an account's environments have in common: only infrastructure and its state, no service. */
  shared: Environment
  state: StateSettings
  /** Version constraint of the provider hashicorp/aws. */
  awsProviderVersion: string
}

const small = {cpu: 256, memory: 512, minTasks: 1, maxTasks: 1, protected: false}
type Size = Pick<Environment, 'cpu' | 'memory' | 'minTasks' | 'maxTasks' | 'protected'>
const builtIn: Record<string, Size> = {
  dev: small,
  test: small,
  prod: {cpu: 1024, memory: 2048, minTasks: 1, maxTasks: 2, protected: true},
}
const sandbox: Environment = {
  ...small,
  ...settleInfrastructure({}, 'us-east-1', false),
  name: SANDBOX,
  region: 'us-east-1',
  account: '000000000000',
  cpu: 512,
  memory: 1024,
}

/** The settings that hold in `directory`: its fb.yml, or the nearest one above it, over the built-in defaults. */
export async function loadSettings(directory: string): Promise<Settings> {
  const file = findUp(directory, 'fb.yml')
  if (!file) return settle({})
  const {readFbYml} = await import('./fb-yml.js')
  return settle(readFbYml(file, readFileSync(file, 'utf8')))
}

/** Writes what locks the states into fb.yml, which is made in `directory` when there is none; the file that was written. */
export async function writeLockSettings(directory: string, lockfile: boolean | 'only'): Promise<string> {
  const file = findUp(directory, 'fb.yml') ?? join(directory, 'fb.yml')
  const {changedFbYml} = await import('./fb-yml.js')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  writeFileSync(file, changedFbYml(text, ['state', 'lockfile'], lockfile || undefined))
  return file
}

/** The nearest `name` in `directory` or above it. */
export function findUp(directory: string, name: string): string | undefined {
  const file = join(directory, name)
  if (existsSync(file)) return file
  const parent = dirname(directory)
  return parent === directory ? undefined : findUp(parent, name)
}

/** Fills what a person left out. */
export function settle({
  app = 'fastapi-bootstrap',
  region = 'us-east-1',
  services,
  environments,
  state,
  awsProviderVersion = '~> 5.0',
}: FbYml): Settings {
  const {[SHARED]: shared, ...chosen}: Record<string, GivenEnvironment> = environments ?? builtIn
  const settled = Object.entries(chosen).map(([name, given]): [string, Environment] => [
    name,
    settleEnvironment(name, region, given),
  ])
  return {
    app,
    awsProviderVersion,
    services: settleServices(services ?? {v1: {}}),
    environments: {...Object.fromEntries(settled), [SANDBOX]: sandbox},
    shared: settleEnvironment(SHARED, region, {protected: true, ...shared}),
    state: settleState(app, state),
  }
}

function settleEnvironment(name: string, region: string, given: GivenEnvironment): Environment {
  const {database: _, apiGateway: __, ...own} = given
  const knobs = settleInfrastructure(given, given.region ?? region, name === 'prod')
  return {...small, region, ...builtIn[name], ...own, ...knobs, name}
}

type GivenEnvironment = NonNullable<FbYml['environments']>[string]

function settleState(app: string, given: NonNullable<FbYml['state']> = {}): StateSettings {
  const {lockTable = 'terraform-locks', lockfile = false, ...rest} = given
  const table = lockfile === 'only' ? {unusedTable: lockTable} : {lockTable}
  return {bucket: `${app}-terraform-state`, ...rest, ...table, lockfile: lockfile !== false}
}

const settleServices = (services: NonNullable<FbYml['services']>): Settings['services'] =>
  Object.fromEntries(
    Object.entries(services).map(([name, given]) => [
      name,
      {path: `/api/${name}*`, port: 8000, health: '/health', ...given},
    ]),
  )

/** The environment as it is in another region, which has other zones. */
export function inRegion(environment: Environment, region: string): Environment {
  const {network} = environment
  const chosen = network.zones.join() !== zonesOf(environment.region).join()
  return {...environment, region, network: {...network, zones: chosen ? network.zones : zonesOf(region)}}
}

/** `others` are places that the caller knows besides the environments. */
export function environmentOf(settings: Settings, name: string, others: string[] = []): Environment {
  if (Object.hasOwn(settings.environments, name)) return settings.environments[name]!
  return unknown('environment', name, [...Object.keys(settings.environments), ...others], '--env')
}

/** The service a command acts on: the one asked for, or the only one there is. */
export function serviceOf(settings: Settings, asked?: string): string {
  const known = Object.keys(settings.services)
  if (asked === undefined && known.length > 1) {
    throw new UsageError(`Which service? fb.yml has ${known.join(', ')}.`, {
      code: 'service_missing',
      next: [`--service ${known[0]}`],
    })
  }
  const name = asked ?? known[0]!
  return Object.hasOwn(settings.services, name) ? name : unknown('service', name, known, '--service')
}

function unknown(what: string, name: string, known: string[], flag: string): never {
  const near = nearest(name, known)
  throw new UsageError(`There is no ${what} ${JSON.stringify(name)}.`, {
    code: `unknown_${what}`,
    because: [near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Known: ${known.join(', ')}.`],
    next: [`${flag} ${near[0] ?? known[0]}`],
  })
}
