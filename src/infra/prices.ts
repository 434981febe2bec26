import type {RawChange} from './plan-json.js'
import {taskChanges} from './task-prices.js'

/** List prices of us-east-1 in USD an hour, as AWS published them in 2025. Without traffic and storage. */
export const PRICES_OF = 'list prices of us-east-1, 2025; without traffic and storage, and with the fewest tasks'

const HOURS = 730
const ZONE_OF_ENDPOINT = 0.01
const FIXED: Record<string, {name: string; hourly: number}> = {
  aws_nat_gateway: {name: 'NAT gateway', hourly: 0.045},
  aws_lb: {name: 'load balancer', hourly: 0.0225},
}

/** PostgreSQL in one zone. */
const DATABASES: Record<string, number> = {
  't4g.micro': 0.016,
  't4g.small': 0.032,
  't4g.medium': 0.065,
  't4g.large': 0.129,
  't4g.xlarge': 0.258,
  't3.micro': 0.018,
  't3.small': 0.036,
  't3.medium': 0.072,
  'm6g.large': 0.159,
  'm6g.xlarge': 0.318,
  'm7g.large': 0.168,
  'm7g.xlarge': 0.337,
  'r6g.large': 0.225,
  'r6g.xlarge': 0.45,
  'r7g.large': 0.239,
  'r7g.xlarge': 0.478,
}

/** What a month costs more or less; no amount for what is not in the table. */
export type CostChange = {name: string; more: number; less: number; monthlyUsd?: number}

type Item = {name: string; hourly: number | undefined}

/** The big items that a plan adds or takes away. */
export function costChanges(changes: RawChange[]): CostChange[] {
  const found = new Map<string, CostChange>()
  for (const {type, change} of changes) {
    const [before, after] = [itemOf(type, change.before), itemOf(type, change.after)]
    if (before?.name === after?.name && before?.hourly === after?.hourly) continue
    if (after) add(found, after, 1)
    if (before) add(found, before, -1)
  }
  for (const tasks of taskChanges(changes)) add(found, tasks, tasks.count)
  return [...found.values()]
}

function add(found: Map<string, CostChange>, {name, hourly}: Item, count: number): void {
  const {more, less, monthlyUsd = 0} = found.get(name) ?? {more: 0, less: 0}
  const usd = hourly === undefined ? undefined : monthlyUsd + count * hourly * HOURS
  found.set(name, {name, more: more + Math.max(0, count), less: less + Math.max(0, -count), monthlyUsd: usd})
}

function itemOf(type: string, values: unknown): Item | undefined {
  if (!values) return undefined
  const given = values as Record<string, unknown>
  const fixed = FIXED[type]
  if (fixed) return fixed
  if (type === 'aws_db_instance') return databaseOf(given)
  if (type !== 'aws_vpc_endpoint' || given.vpc_endpoint_type !== 'Interface') return undefined
  const zones = Array.isArray(given.subnet_ids) ? given.subnet_ids.length : 3
  return {name: 'interface endpoint', hourly: ZONE_OF_ENDPOINT * zones}
}

function databaseOf({instance_class: given, multi_az: multi}: Record<string, unknown>): Item {
  const size = String(given ?? '').replace(/^db\./, '')
  const hourly = DATABASES[size]
  const name = `${multi === true ? 'two-zone ' : ''}db.${size} database`
  return {name, hourly: hourly === undefined ? undefined : hourly * (multi === true ? 2 : 1)}
}
