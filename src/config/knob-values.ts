import * as z from 'zod'

import {nearest} from './nearest.js'
import {cronProblem, isTimezone, TIMEZONES} from './schedule.js'

export const cidr = z.cidrv4('a block of addresses such as 10.0.0.0/16').superRefine((text, {addIssue}) => {
  const start = startOf(text)
  if (start !== text) addIssue(`${text} begins within the block: ${start}`)
})

export const cron = z.string().superRefine((text, {addIssue}) => {
  const problem = cronProblem(text)
  if (problem) addIssue(problem)
})

export const timezone = z.string().superRefine((text, {addIssue}) => {
  if (isTimezone(text)) return
  const [near] = nearest(text, TIMEZONES(), 1)
  addIssue(`no time zone of the IANA database${near ? `, did you mean ${near}?` : ', such as Europe/Berlin'}`)
})

/** What CodeDeploy has for ECS by itself (user guide, "Predefined deployment configurations for Amazon ECS"). */
const STRATEGIES = [
  'CodeDeployDefault.ECSAllAtOnce',
  'CodeDeployDefault.ECSCanary10Percent5Minutes',
  'CodeDeployDefault.ECSCanary10Percent15Minutes',
  'CodeDeployDefault.ECSLinear10PercentEvery1Minutes',
  'CodeDeployDefault.ECSLinear10PercentEvery3Minutes',
]

/** One of these, or one of the account's own, whose names may not begin as AWS's do. What only means one of these is none. */
export const strategy = z.string().superRefine((text, {addIssue}) => {
  const meant =
    /^(CodeDeployDefault\b.*|all-at-once|canary|linear)$/i.test(text) ||
    STRATEGIES.some((one) => one.endsWith(`.${text}`))
  const own = /^[\w+=,.@-]{1,100}$/.test(text) && !meant
  if (STRATEGIES.includes(text) || own) return
  addIssue(`one of ${STRATEGIES.join(', ')}, or the name of a deployment configuration of your own`)
})

/** The services that fb and the definition speak to, as the AWS provider of Terraform calls them. */
const SERVICES =
  `acm apigatewayv2 appautoscaling budgets cloudtrail cloudwatch codedeploy dynamodb ec2 ecr ecs elbv2 events
  iam kms lambda logs rds route53 s3 secretsmanager sns ssm sts wafv2`.split(/\s+/)
export const endpoints = z.strictObject(Object.fromEntries(SERVICES.map((service) => [service, z.url().optional()])))

/** The block of addresses in which one lies, by its first. */
function startOf(cidr: string): string {
  const [address = '', bits = ''] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const start = Math.floor(number / size) * size
  return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.')}/${bits}`
}
