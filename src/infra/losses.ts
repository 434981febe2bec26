import type {Action, Plan} from './plan.js'

/** What goes with a resource when it is destroyed, or replaced by an empty one of the same name. */
const LOSSES: Record<string, string> = {
  aws_db_instance: 'the database with all that is in it',
  aws_rds_cluster: 'the database with all that is in it',
  aws_kms_key: 'the key: what it has encrypted can be read by nobody any more',
  aws_ecr_repository: 'the images, also those that a rollback needs',
  aws_cloudwatch_log_group: 'the logs',
  aws_s3_bucket: 'the bucket with its objects',
  aws_dynamodb_table: 'the table with its items',
  aws_secretsmanager_secret: 'the secret',
  aws_ssm_parameter: 'the parameter with its value',
  aws_vpc: 'the network with everything in it',
  aws_lb: 'the address that clients and DNS know; nobody is served meanwhile',
  aws_ecs_cluster: 'the cluster; nobody is served meanwhile',
  aws_ecs_service: 'all tasks; nobody is served meanwhile',
  aws_route53_zone: 'the zone with its name servers',
}

/** A database can be made again from its last snapshot: its own, or the one that fb takes first. */
export function lossOf(action: Action, type: string, before: unknown): {loss?: string} {
  const loss = LOSSES[type]
  if (!loss || (action !== 'destroy' && action !== 'replace')) return {}
  const {skip_final_snapshot: skip, final_snapshot_identifier: snapshot} = (before ?? {}) as Record<string, unknown>
  const own = skip === false && typeof snapshot === 'string' ? `; a last snapshot ${snapshot} is kept` : ''
  const kept = type === 'aws_db_instance' && skip === true ? '; fb takes a last snapshot of it first' : own
  return {loss: loss + kept}
}

/** What holds what nobody can make again. */
const DATA =
  /^aws_(db_instance|rds_cluster|kms_key|ecr_repository|s3_bucket|dynamodb_table|secretsmanager_secret|route53_zone)$/
/** The same where people have said that an environment matters. */
const DATA_THAT_MATTERS = /^aws_(cloudwatch_log_group|ssm_parameter)$/

export const holdsData = (type: string, environment: {protected: boolean}): boolean =>
  DATA.test(type) || (environment.protected && DATA_THAT_MATTERS.test(type))

/** Whether an apply takes more than a yes: whatever is shown as lost, but for logs and parameters where little depends on them. */
export const loses = ({changes}: Plan, environment: {protected: boolean}): boolean =>
  changes.some(({loss, type}) => loss !== undefined && (environment.protected || !DATA_THAT_MATTERS.test(type)))
