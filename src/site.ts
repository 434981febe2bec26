import type {Connection} from './aws/clients.js'
import type {Caller} from './aws/sts.js'
import {type Clock, systemClock} from './clock.js'
import {sandboxFile} from './config/directories.js'
import {type Names, namesOf, SANDBOX, SHARED} from './config/names.js'
import {
  type Environment,
  environmentOf,
  inRegion,
  type Settings,
  type StateSettings,
  serviceOf,
  settle,
} from './config/settings.js'
import type {Group} from './deploy/service.js'
import type {Observe} from './deploy/watch.js'
import {Refused} from './errors.js'
import type {Canvas} from './events.js'
import type {Sandbox} from './sandbox/sandbox.js'

/** Where a command acts, and the way there. */
export type Site = {
  settings: Settings
  environment: Environment
  service: string
  names: Names
  state: StateSettings
  connection: Connection
  clock: Clock
  sandbox: boolean
  /** Where the sandbox's application answers on this machine in place of the test listener. */
  testUrl?: () => Promise<string>
  /** Made so far, one for each AWS service. */
  adapters: Map<string, Promise<unknown>>
}

/** A `stack` is infrastructure: that of all services, and `shared` is one of its places. */
export type Asked = {env: string; service?: string; region?: string; profile?: string; stack?: boolean}

type Process = {signal: AbortSignal; trace?: Connection['trace']; env: NodeJS.ProcessEnv}

export async function openSite(settings: Settings, asked: Asked, {signal, trace, env}: Process): Promise<Site> {
  const others = asked.stack ? [SHARED] : []
  const found = others.includes(asked.env) ? settings.shared : environmentOf(settings, asked.env, others)
  const environment = asked.region ? inRegion(found, asked.region) : found
  const service = asked.stack ? Object.keys(settings.services)[0]! : serviceOf(settings, asked.service)
  const names = namesOf({app: settings.app, env: environment.name, service})
  const sandbox = environment.name === SANDBOX
  const state = sandbox ? settle({app: settings.app}).state : settings.state
  const site = {settings, environment, service, names, state, sandbox, adapters: new Map()}
  const base = {region: environment.region, signal, trace, login: {}}
  if (sandbox) return {...site, ...(await sandboxWay(settings, env, base))}
  const profile = asked.profile ?? environment.profile ?? (env.AWS_PROFILE || undefined)
  const {endpoints} = environment
  // Emulators mostly have one host name for all buckets.
  const forcePathStyle = Boolean(env.AWS_ENDPOINT_URL || env.AWS_ENDPOINT_URL_S3 || endpoints?.s3)
  // And one for a service's sessions of Live Tail, which AWS has at another host.
  const disableHostPrefix = Boolean(env.AWS_ENDPOINT_URL || env.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS || endpoints?.logs)
  return {...site, connection: {...base, profile, endpoints, forcePathStyle, disableHostPrefix}, clock: systemClock}
}

/** The same place for reads that may go on for `ms` after the signal. */
export function outliving(site: Site, signal: AbortSignal, ms: number): Site {
  const last = new AbortController()
  signal.addEventListener('abort', () => setTimeout(() => last.abort(signal.reason), ms).unref())
  return {...site, connection: {...site.connection, signal: last.signal}, adapters: new Map()}
}

/** The same place for another service of the application. */
export function ofService(site: Site, asked: string): Site {
  const service = serviceOf(site.settings, asked)
  const names = namesOf({app: site.settings.app, env: site.environment.name, service})
  return {...site, service, names, adapters: new Map()}
}

/** The sandbox that plays AWS for these settings; it holds the first service. */
export async function sandboxOf(settings: Settings, env: NodeJS.ProcessEnv): Promise<Sandbox> {
  const {openSandbox} = await import('./sandbox/sandbox.js')
  const {region} = environmentOf(settings, SANDBOX)
  return openSandbox({file: sandboxFile(env), app: settings.app, service: Object.keys(settings.services)[0], region})
}

/** Nobody in the same process needs a signature. */
const UNSIGNED = {sign: async <Request>(request: Request) => request}

/** It answers in process; FB_SANDBOX_ENDPOINT names one that `fb sandbox serve` serves on this machine instead. */
async function sandboxWay(settings: Settings, env: NodeJS.ProcessEnv, base: Connection) {
  const {clock, requestHandler, testUrl} = await sandboxOf(settings, env)
  const credentials = {accessKeyId: 'sandbox', secretAccessKey: 'sandbox'}
  const endpoint = env.FB_SANDBOX_ENDPOINT
  return {
    clock,
    testUrl,
    connection: {
      ...base,
      credentials,
      forcePathStyle: true,
      // Live Tail puts `stream-` before the host, and a port of this machine has no such name.
      ...(endpoint ? {endpoint, disableHostPrefix: true} : {requestHandler, signer: UNSIGNED}),
    },
  }
}

const ADAPTERS = {
  sts: async ({connection}: Site) => (await import('./aws/sts.js')).sts(connection),
  ecs: async ({connection, names}: Site) => (await import('./aws/ecs.js')).ecs(connection, names),
  oneOff: async ({connection, names, clock}: Site) =>
    (await import('./aws/one-off.js')).oneOffTasks(connection, names, clock),
  codedeploy: async ({connection, names}: Site) => (await import('./aws/codedeploy.js')).codedeploy(connection, names),
  elb: async ({connection}: Site) => (await import('./aws/elb.js')).elb(connection),
  ecr: async ({connection}: Site) => (await import('./aws/ecr.js')).ecr(connection),
  cloudwatch: async ({connection, clock}: Site) => (await import('./aws/cloudwatch.js')).cloudwatch(connection, clock),
  cloudtrail: async ({connection}: Site) => (await import('./aws/cloudtrail.js')).cloudtrail(connection),
  rds: async ({connection}: Site) => (await import('./aws/rds.js')).rds(connection),
  parameterNames: async ({connection}: Site) => (await import('./aws/parameter-names.js')).parameterNames(connection),
  logs: async ({connection, sandbox}: Site) => (await import('./aws/logs.js')).logs(connection, {dates: !sandbox}),
  liveTail: async ({connection}: Site) => (await import('./aws/live-tail.js')).liveTail(connection),
  insights: async ({connection}: Site) => (await import('./aws/insights.js')).insights(connection),
  logGroups: async ({connection}: Site) => (await import('./aws/log-groups.js')).logGroups(connection),
  autoscaling: async ({connection, names}: Site) =>
    (await import('./aws/autoscaling.js')).autoscaling(connection, names),
  bucket: async ({connection, environment, state}: Site) => {
    const region = stateRegion(state, environment)
    return (await import('./aws/bucket.js')).bucket({...connection, region}, state.bucket)
  },
  lockTable: async ({connection, environment, state}: Site) => {
    const region = stateRegion(state, environment)
    return (await import('./aws/lock-table.js')).lockTable({...connection, region}, state.lockTable)
  },
  state: async ({connection, environment, names, state}: Site) =>
    (await import('./aws/state-store.js')).stateStore(
      {...connection, region: stateRegion(state, environment)},
      state,
      names,
    ),
  ssm: async ({connection, clock}: Site) => (await import('./aws/ssm.js')).ssm(connection, clock),
  keys: async ({connection}: Site) => (await import('./aws/kms.js')).kms(connection),
  /** Any bucket, for backups that a person keeps elsewhere. */
  buckets: async ({connection, environment, state}: Site) => {
    const [{s3}, {otherBucket}] = await Promise.all([import('./aws/s3.js'), import('./aws/other-bucket.js')])
    const own = {...connection, region: stateRegion(state, environment)}
    return {
      bucket: (name: string) => (name === state.bucket ? s3(own, name).objects : otherBucket(connection, name)),
    }
  },
}

/** The bucket may be in another region than what its states describe. */
const stateRegion = (state: StateSettings, {region}: Environment) => state.region ?? region

type Adapters = {[K in keyof typeof ADAPTERS]: Awaited<ReturnType<(typeof ADAPTERS)[K]>>}
type All<Union> = (Union extends unknown ? (all: Union) => void : never) extends (all: infer Both) => void
  ? Both
  : never

/** The named AWS services as one object. Each client is loaded when the command first needs it, and made once. */
export async function aws<K extends keyof Adapters>(site: Site, ...services: K[]): Promise<All<Adapters[K]>> {
  const adapter = (service: K) => {
    const made = site.adapters.get(service) ?? ADAPTERS[service](site)
    site.adapters.set(service, made)
    return made
  }
  const loaded = await Promise.all(services.map(adapter))
  return Object.assign({}, ...loaded) as All<Adapters[K]>
}

/** A way to watch any deployment of the site's service, at the pace each API allows. */
export async function observer(site: Site, {listener, alarms}: Group, targetGroups: string[]): Promise<Observe> {
  const [{rollout}, services] = await Promise.all([
    import('./aws/rollout.js'),
    aws(site, 'ecs', 'codedeploy', 'elb', 'cloudwatch', 'logs'),
  ])
  const {clock, connection} = site
  return (deploymentId) => rollout(services, {deploymentId, listener, alarms, targetGroups}, clock, connection.signal)
}

/** Where the new version answers before it has production traffic; nothing when the group has no test listener. */
export async function testUrlOf(site: Site, {testListener}: Group): Promise<string | undefined> {
  if (!testListener) return undefined
  const url = await (await aws(site, 'elb')).address(testListener, site.environment.domain?.name)
  return site.testUrl?.() ?? url
}

const digits = (account: string) => account.replace(/(\d{4})(?=\d)/g, '$1-')

/** Where a command acts and as whom, in one line. */
export function identityLine(
  {environment: {name, region, account}, sandbox}: Site,
  caller: Caller,
  {paint}: Canvas,
): string {
  const own = caller.arn.slice(caller.arn.lastIndexOf(':') + 1)
  const facts = [
    paint.bold(name),
    digits(caller.account),
    region,
    own,
    ...(account ? [] : ['any account: fb.yml names none']),
  ]
  return `${sandbox ? `${paint.warn('[sandbox]')} ` : ''}${facts.join(paint.dim(' · '))}`
}

export function refuseOtherAccount({environment: {name, account}}: Site, caller: Caller): void {
  if (account === undefined || account === caller.account) return
  throw new Refused(`These credentials belong to account ${digits(caller.account)}; ${name} is ${digits(account)}.`, {
    code: 'wrong_account',
    because: [`sts:GetCallerIdentity: ${caller.arn}`],
    state: 'Nothing was changed.',
    next: ['--profile NAME', `set environments.${name}.profile in fb.yml`],
  })
}
