import {type Definition, resourcesOf} from './definition.js'
import type {RawChange} from './plan-json.js'

/**
 * What AWS changes, by type, without anybody having changed the thing itself. Attributes that the definition leaves unset
 * and that people can change are not here: a rule added to a security group by hand is drift.
 */
const BY_ITSELF: Record<string, string[]> = {
  // Renewed each year.
  aws_acm_certificate: [
    'not_after',
    'not_before',
    'pending_renewal',
    'renewal_eligibility',
    'renewal_summary',
    'status',
  ],
  // The stage deploys by itself whatever changes in the API.
  aws_apigatewayv2_stage: ['deployment_id'],
  aws_appautoscaling_policy: ['alarm_arns'],
  // Failover, upgrades of the minor version, storage that grows, rotation of the password.
  aws_db_instance: [
    'allocated_storage',
    'availability_zone',
    'engine_version_actual',
    'latest_restorable_time',
    'master_user_secret',
    'status',
  ],
  // A NAT gateway takes it after it was made.
  aws_eip: ['association_id', 'network_interface', 'private_dns', 'private_ip'],
  aws_lambda_function: ['last_modified'],
  // Listeners take it after it was made, and deployments hand them on.
  aws_lb_target_group: ['load_balancer_arns'],
  aws_sns_topic_subscription: ['confirmation_was_authenticated', 'pending_confirmation'],
  // A count of the values that it had.
  aws_ssm_parameter: ['version'],
  // Addresses of S3, which move.
  aws_vpc_endpoint: ['cidr_blocks', 'state'],
  aws_wafv2_web_acl: ['capacity', 'lock_token'],
}

/** Attributes in which AWS lists what resources of their own are: these are made later, so the state knows none of them yet. */
const LISTS: Record<string, Record<string, {type: string; by: string}>> = {
  aws_iam_role: {inline_policy: {type: 'aws_iam_role_policy', by: 'role'}},
  aws_route_table: {route: {type: 'aws_route', by: 'route_table_id'}},
  aws_security_group: {
    egress: {type: 'aws_vpc_security_group_egress_rule', by: 'security_group_id'},
    ingress: {type: 'aws_vpc_security_group_ingress_rule', by: 'security_group_id'},
  },
}

type Values = Record<string, unknown>

/** A change without what nobody has done. One more than the definition makes is somebody's. */
export function withoutByItself(raw: RawChange, {document}: Definition): RawChange {
  const {before, after} = raw.change
  if (!before || !after) return raw
  const resources = resourcesOf(document)
  const own = (type: string, by: string) =>
    resources.filter(({type: one, body}) => one === type && String(body[by]).startsWith(`\${${raw.address}.`)).length
  const listed = Object.entries(LISTS[raw.type] ?? {}).flatMap(([name, {type, by}]) =>
    sizeOf((before as Values)[name]) === 0 && sizeOf((after as Values)[name]) === own(type, by) ? [name] : [],
  )
  const silent = [...(BY_ITSELF[raw.type] ?? []), ...listed]
  return {...raw, change: {...raw.change, before: without(before, silent), after: without(after, silent)}}
}

const without = (values: unknown, names: string[]) =>
  Object.fromEntries(Object.entries(values as Values).filter(([name]) => !names.includes(name)))

/** AWS lists rules that have the same port as one, with all that may come by it. */
const sizeOf = (list: unknown): number =>
  ((list ?? []) as Values[])
    .map((one) => PEERS.reduce((sum, name) => sum + ((one[name] as unknown[] | undefined)?.length ?? 0), 0))
    .reduce((sum, peers) => sum + Math.max(1, peers), 0)

const PEERS = ['cidr_blocks', 'ipv6_cidr_blocks', 'prefix_list_ids', 'security_groups']
