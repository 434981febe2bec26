import * as z from 'zod'

import {infrastructure} from './infrastructure-schema.js'

const name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens, starting with a letter')
const account = z.string().regex(/^\d{12}$/, 'an AWS account: 12 digits in quotes')
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as us-east-1')
const bucket = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, '3 to 63 lower-case letters, digits, dots and hyphens')
const tasks = z.int().min(0).max(1000)

const service = z.strictObject({
  path: z
    .string()
    .startsWith('/')
    .max(128, 'at most 128 characters, which is what a rule of the load balancer takes')
    .optional()
    .describe('Path pattern the load balancer sends to this service (default: /api/NAME*)'),
  port: z.int().min(1).max(65535).optional().meta({description: 'Port the container listens on', default: 8000}),
  health: z.string().startsWith('/').optional().meta({description: 'Health check path', default: '/health'}),
})

const environment = z.strictObject({
  account: account.optional().describe('fb refuses to act when the credentials belong to another account'),
  region: region.optional().describe('Where this environment lives, when not in the common region'),
  profile: z.string().min(1).optional().describe('AWS profile to use'),
  protected: z.boolean().optional().describe("A person must type the environment's name before fb changes anything"),
  cpu: z.int().min(256).optional().describe('CPU units of a task'),
  memory: z.int().min(512).optional().describe('Memory of a task in MiB'),
  minTasks: tasks.optional().describe('Fewest tasks autoscaling keeps'),
  maxTasks: tasks.optional().describe('Most tasks autoscaling starts'),
  ...infrastructure,
})

const state = z.strictObject({
  bucket: bucket.optional().describe('S3 bucket (default: APP-terraform-state)'),
  region: region.optional().describe("Where bucket and lock table are, when not in the environment's region"),
  lockTable: z.string().min(3).optional().meta({
    description: 'DynamoDB table that holds the locks',
    default: 'terraform-locks',
  }),
  lockfile: z
    .union([z.boolean(), z.literal('only')])
    .optional()
    .meta({description: "Lock with S3's own lock file too, or with it only", default: false}),
})

/** fb.yml as a person writes it. Every key is optional; an unknown key is an error. */
export const fbYml = z
  .strictObject({
    app: name
      .refine((text) => !text.startsWith('internal-'), 'a load balancer may not be called internal-...')
      .optional()
      .describe('Name of the application; every AWS name starts with it'),
    region: region.optional().describe('Region of every environment that names no other'),
    services: z
      .record(name, service)
      .refine((given) => Object.keys(given).length > 0, 'at least one, such as v1: {}')
      .optional()
      .describe('API versions, each an ECS service'),
    environments: z.record(name, environment).optional().describe('Environments; sandbox is always there'),
    awsProviderVersion: z
      .string()
      .regex(/^(~>|>=|=)? ?[56]\./, 'a version constraint such as ~> 5.0 or ~> 6.0')
      .optional()
      .meta({description: 'Version of the Terraform provider hashicorp/aws', default: '~> 5.0'}),
    state: state.optional().describe('Where Terraform keeps its state'),
  })
  .meta({title: 'fb.yml', description: 'Settings of fb, the operations CLI of the FastAPI Bootstrap application'})

export type FbYml = z.infer<typeof fbYml>
