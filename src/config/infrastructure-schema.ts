import * as z from 'zod'

import {cidr, cron, endpoints, strategy, timezone} from './knob-values.js'

const days = z.int().min(1)
/** What CloudWatch Logs accepts (PutRetentionPolicy). */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

const network = z.strictObject({
  cidr: cidr
    .refine((text) => Number(text.split('/')[1]) >= 16, 'a VPC has at most 65,536 addresses: /16')
    .refine((text) => Number(text.split('/')[1]) <= 20, 'too small: nine subnets need at least a /20')
    .optional()
    .describe('Addresses of the VPC, /16 to /20; changing it replaces everything'),
  zones: z
    .array(z.string().regex(/^[a-f]$/, 'a letter of a zone, from a to f'))
    .length(3, 'three zones by their letters, such as [a, b, c]')
    .refine((letters) => new Set(letters).size === letters.length, 'three different zones')
    .optional()
    .describe(
      'Availability zones by their letters (default: a, b, c, or what the region has); changing one replaces its subnets',
    ),
  nat: z.enum(['single', 'per-zone']).optional().describe('One NAT gateway for all zones, or one in each'),
  interfaceEndpoints: z.boolean().optional().describe('Endpoints for AWS services inside the VPC'),
})

const loadBalancer = z.strictObject({
  certificate: z
    .string()
    .regex(
      /^arn:aws[\w-]*:acm:[a-z\d-]+:\d{12}:certificate\/[\w-]+$/,
      'an ARN such as arn:aws:acm:REGION:ACCOUNT:certificate/ID',
    )
    .optional()
    .describe('ARN of a certificate in ACM: HTTPS with redirect'),
  testFrom: z
    .array(
      cidr.refine((text) => !text.endsWith('/0'), 'what is on trial is not for the whole internet: name who tests it'),
    )
    .optional()
    .describe('Who may reach the test listener besides the hooks'),
  deletionProtection: z.boolean().optional(),
})

const database = z.strictObject({
  instanceClass: z.string().startsWith('db.').optional(),
  version: z
    .string()
    .regex(/^(1[1-9]|2\d)$/, 'a major version such as "16", in quotes; RDS has 11 and newer')
    .optional()
    .describe('Major version of PostgreSQL'),
  storageGb: z.int().min(20).optional(),
  maxStorageGb: z.int().min(20).optional().describe('Up to where the storage grows by itself'),
  multiAz: z.boolean().optional().describe('A standby in another zone'),
  backupDays: z.int().min(1).max(35).optional().describe('Days back to which it can be restored'),
  deletionProtection: z.boolean().optional(),
})

const off = z.literal(false)

/** The keys of an environment in fb.yml that say how its infrastructure is made. */
export const infrastructure = {
  network: network.optional(),
  loadBalancer: loadBalancer.optional(),
  domain: z
    .strictObject({name: z.string().min(4), zoneId: z.string().min(3).optional()})
    .optional()
    .describe('Name of the service in DNS, and the hosted zone when it is not found by its name'),
  waf: z
    .strictObject({mode: z.enum(['block', 'count']).optional(), rateLimit: z.int().min(10).optional()})
    .optional()
    .describe('Web application firewall: block or only count; requests of one address in five minutes'),
  capacity: z
    .strictObject({
      spot: z.boolean().optional(),
      schedule: z.strictObject({stop: cron, start: cron, timezone}).optional(),
    })
    .optional()
    .describe('Fargate Spot, and hours without tasks'),
  deployment: z
    .strictObject({
      strategy: strategy.optional(),
      keepBlueMinutes: z.int().min(0).max(2880).optional(),
      approvalMinutes: z.int().min(0).max(2880).optional(),
    })
    .optional()
    .describe('How CodeDeploy moves traffic, how long the old version stays, how long a person has to approve'),
  hooks: z
    .strictObject({smokePath: z.string().startsWith('/').optional(), migration: z.string().min(1).optional()})
    .optional()
    .describe('What is asked and run while a deployment goes on'),
  database: z.union([database, off]).optional().describe('PostgreSQL in RDS; false: none'),
  apiGateway: z
    .union([z.strictObject({burst: z.int().min(1).optional(), requestsPerSecond: z.int().min(1).optional()}), off])
    .optional()
    .describe('HTTP API in front of the load balancer'),
  logs: z
    .strictObject({days: days.refine((n) => RETENTIONS.includes(n), `one of ${RETENTIONS.join(', ')}`).optional()})
    .optional()
    .describe('How long logs are kept'),
  alerts: z
    .strictObject({emails: z.array(z.email()).optional(), webhook: z.url({protocol: /^https$/}).optional()})
    .optional()
    .describe('Who hears of alarms and failed deployments'),
  github: z
    .strictObject({repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'OWNER/NAME')})
    .optional()
    .describe('Repository whose workflows may deploy here'),
  budget: z
    .strictObject({monthlyUsd: z.number().positive()})
    .optional()
    .describe(
      'Of the account: only in shared, with alerts; in us-east-1 with an alarm on the bill too, which CloudWatch has nowhere else',
    ),
  endpoints: endpoints.optional().describe('Where AWS services are, when an emulator plays them'),
}
