import type {Infrastructure} from '../../src/config/infrastructure.js'
import type {Knobs} from './document-for.js'

type Whole<T> = T extends unknown[] ? T : T extends object ? {[K in keyof T]-?: Whole<NonNullable<T[K]>>} : T

/** Every knob there is, each away from its default: a new one fails to compile until it is here. */
export const EVERYTHING = {
  network: {cidr: '10.8.0.0/18', zones: ['a', 'b', 'd'], nat: 'per-zone', interfaceEndpoints: true},
  loadBalancer: {
    certificate: 'arn:aws:acm:us-east-1:111111111111:certificate/0f7f2a4e-3c8c-4a5e-9a55-6a3f4f1d2b10',
    testFrom: ['192.0.2.0/24', '198.51.100.7/32'],
    deletionProtection: true,
  },
  domain: {name: 'api.example.com', zoneId: 'Z0123456789ABCDEFGHIJ'},
  waf: {mode: 'count', rateLimit: 500},
  capacity: {
    spot: true,
    schedule: {stop: 'cron(0 20 ? * MON-FRI *)', start: 'cron(0 6 ? * MON-FRI *)', timezone: 'Europe/Berlin'},
  },
  deployment: {strategy: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes', keepBlueMinutes: 15, approvalMinutes: 30},
  hooks: {smokePath: '/api/v1/items', migration: 'alembic upgrade head'},
  database: {
    instanceClass: 'db.m7g.large',
    version: '17',
    storageGb: 50,
    maxStorageGb: 500,
    multiAz: true,
    backupDays: 35,
    deletionProtection: true,
  },
  apiGateway: {burst: 200, requestsPerSecond: 100},
  logs: {days: 365},
  alerts: {emails: ['ops@example.com', 'lead@example.com'], webhook: 'https://hooks.example.com/fb'},
  github: {repository: 'acme/api'},
  budget: {monthlyUsd: 250},
} satisfies Whole<Infrastructure> & Knobs

/** Nothing that an environment can do without. */
export const NOTHING = {
  network: {nat: 'single', interfaceEndpoints: false},
  loadBalancer: {testFrom: [], deletionProtection: false},
  capacity: {spot: false},
  deployment: {approvalMinutes: 0},
  hooks: {},
  database: false,
  apiGateway: false,
  alerts: {emails: []},
} satisfies Knobs

export const TWO_SERVICES = {v1: {}, v2: {port: 8080, health: '/ready'}}
