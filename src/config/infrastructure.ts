import {zonesOf} from './zones.js'

/** Every knob of an environment's infrastructure, beside the size of its tasks. fb.yml has the same keys, all optional. */
export type Infrastructure = {
  network: {
    /** The VPC's addresses. Changing it replaces everything. */
    cidr: string
    /** Letters of the three availability zones. Changing one replaces its subnets. */
    zones: string[]
    /** One NAT gateway in each of three zones, or one for all. */
    nat: 'single' | 'per-zone'
    /** Interface endpoints keep traffic to AWS off the NAT gateway, at a price for each. */
    interfaceEndpoints: boolean
  }
  loadBalancer: {
    /** ARN of a certificate; without one, and without a domain, the load balancer speaks plain HTTP. */
    certificate?: string
    /** Who may reach the test listener besides the hooks: CIDR blocks. */
    testFrom: string[]
    deletionProtection: boolean
  }
  /** A name in a hosted zone; the certificate is made for it. */
  domain?: {name: string; zoneId?: string}
  waf: {
    /** What the managed rules do with what they match. */
    mode: 'block' | 'count'
    /** Requests of one address in five minutes. */
    rateLimit: number
  }
  capacity: {
    spot: boolean
    /** No tasks from `stop` to `start`: cron expressions of Application Auto Scaling. */
    schedule?: {stop: string; start: string; timezone: string}
  }
  deployment: {
    /** A deployment configuration of CodeDeploy. */
    strategy: string
    keepBlueMinutes: number
    /** Minutes a person has to let the traffic move; 0: it moves by itself. */
    approvalMinutes: number
  }
  hooks: {
    /** Path that the validation asks of the test listener besides the service's health. */
    smokePath?: string
    /** Command that runs once on the new task definition before anything else; without it there is no such hook. */
    migration?: string
  }
  database?: {
    instanceClass: string
    version: string
    storageGb: number
    maxStorageGb: number
    multiAz: boolean
    backupDays: number
    deletionProtection: boolean
  }
  apiGateway?: {burst: number; requestsPerSecond: number}
  logs: {days: number}
  alerts: {emails: string[]; webhook?: string}
  /** `owner/name`; its workflows may deploy to this environment. */
  github?: {repository: string}
  /** Of the account, so only of `shared`; with an alarm on the bill where CloudWatch has that (us-east-1). */
  budget?: {monthlyUsd: number}
}

type Given = {[K in keyof Infrastructure]?: Partial<NonNullable<Infrastructure[K]>> | false}
/** Zones are the region's. */
type Defaults = Omit<Infrastructure, 'network'> & {network: Omit<Infrastructure['network'], 'zones'>}

const DEVELOPMENT: Defaults = {
  network: {cidr: '10.0.0.0/16', nat: 'single', interfaceEndpoints: false},
  loadBalancer: {testFrom: [], deletionProtection: false},
  waf: {mode: 'block', rateLimit: 2000},
  capacity: {spot: false},
  deployment: {strategy: 'CodeDeployDefault.ECSAllAtOnce', keepBlueMinutes: 5, approvalMinutes: 0},
  hooks: {},
  logs: {days: 14},
  alerts: {emails: []},
}

const DATABASE = {
  instanceClass: 'db.t4g.micro',
  version: '16',
  storageGb: 20,
  maxStorageGb: 100,
  multiAz: false,
  backupDays: 7,
  deletionProtection: false,
}

const PRODUCTION: Defaults = {
  ...DEVELOPMENT,
  network: {...DEVELOPMENT.network, nat: 'per-zone'},
  loadBalancer: {testFrom: [], deletionProtection: true},
  deployment: {strategy: 'CodeDeployDefault.ECSCanary10Percent5Minutes', keepBlueMinutes: 60, approvalMinutes: 0},
  database: {...DATABASE, multiAz: true, deletionProtection: true},
  logs: {days: 90},
}

/** Parts that an environment has only when fb.yml asks for them, with what they are then. */
const OPTIONAL = {database: DATABASE, apiGateway: {burst: 100, requestsPerSecond: 50}}

/** What holds for an environment: its own knobs over the defaults, which in prod are those of production. */
export function settleInfrastructure(given: Given, region: string, production: boolean): Infrastructure {
  const chosen = production ? PRODUCTION : DEVELOPMENT
  const defaults: Given = {...chosen, network: {...chosen.network, zones: zonesOf(region)}}
  const keys = new Set([...Object.keys(defaults), ...KNOBS.filter((key) => given[key] !== undefined)]) as Set<Knob>
  const settled = [...keys]
    .filter((key) => given[key] !== false)
    .map((key) => [key, {...OPTIONAL[key as keyof typeof OPTIONAL], ...defaults[key], ...given[key]}])
  return Object.fromEntries(settled)
}

type Knob = keyof Infrastructure
const KNOBS: Knob[] = [
  'network',
  'loadBalancer',
  'domain',
  'waf',
  'capacity',
  'deployment',
  'hooks',
  'database',
  'apiGateway',
  'logs',
  'alerts',
  'github',
  'budget',
]
