import type {BucketFacts, Check, Goal} from './backend.js'
import {isHttpsOnly, withHttpsOnly} from './https-only.js'
import {
  harm,
  harmless,
  KEPT,
  type LifecycleRule,
  OLD_VERSIONS,
  rulesFor,
  UNFINISHED_UPLOADS,
  UPLOADS,
  withRule,
} from './lifecycle.js'

const arnOf = ({partition, bucket}: Goal) => `arn:${partition}:s3:::${bucket}`

export const HTTPS_ONLY = 'https-only'

/** In the order in which they are made: a policy that others made public is refused once public access is blocked. */
export const BUCKET: Check<BucketFacts>[] = [
  {
    id: 'bucket',
    what: 'bucket',
    wanted: ({region}) => `in ${region}`,
    find: (_, {region}) => ({right: true, is: `in ${region}`}),
    make: (aws) => aws.createBucket(),
  },
  {
    id: 'versioning',
    what: 'versioning',
    wanted: () => 'on',
    find: ({versioning}) => (versioning ? VERSIONING[versioning] : undefined),
    make: (aws) => aws.turnVersioningOn(),
  },
  {
    id: 'encryption',
    what: 'encryption',
    wanted: () => 'AES256',
    find: ({encryption}) => (encryption ? {right: true, is: encryption} : undefined),
    make: (aws) => aws.encryptBucket(),
  },
  {
    id: HTTPS_ONLY,
    what: 'HTTPS only',
    wanted: () => 'plain HTTP is denied',
    find: ({policy}, goal) =>
      isHttpsOnly(policy, arnOf(goal)) ? {right: true, is: 'plain HTTP is denied'} : undefined,
    make: (aws, goal) => aws.changePolicy((policy) => withHttpsOnly(policy, arnOf(goal))),
  },
  {
    id: 'public-access',
    what: 'public access block',
    wanted: () => 'on',
    find: ({publicAccess}) => (publicAccess ? blocks(publicAccess) : undefined),
    make: (aws) => aws.blockPublicAccess(),
  },
  {
    id: 'old-versions',
    what: 'old versions',
    wanted: () => sayKept(OLD_VERSIONS.NoncurrentVersionExpiration!),
    find: oldVersions,
    make: (aws, {app}) =>
      aws.changeLifecycle((rules) =>
        rules.some((rule) => harm(app, rule)) ? harmless(app, rules) : withRule(rules, OLD_VERSIONS),
      ),
  },
  {
    id: 'unfinished-uploads',
    what: 'unfinished uploads',
    wanted: () => `removed after ${UPLOADS} days`,
    find: ({lifecycle}, {app}) => {
      const soonest = Math.min(...rulesFor(app, lifecycle).map(uploadDays))
      return soonest <= UPLOADS ? {right: true, is: `removed after ${soonest} days`} : undefined
    },
    make: (aws) => aws.changeLifecycle((rules) => withRule(rules, UNFINISHED_UPLOADS)),
  },
]

const VERSIONING: Record<string, {right: boolean; is: string}> = {
  Enabled: {right: true, is: 'on'},
  Suspended: {right: false, is: 'suspended'},
}

function blocks(publicAccess: Record<string, boolean>) {
  const off = Object.keys(publicAccess).filter((block) => !publicAccess[block])
  return off.length === 0 ? {right: true, is: 'on'} : {right: false, is: `no ${off.join(', ')}`}
}

/** No rule keeps them for ever, which is stricter: fb lets no history go that somebody has. */
function oldVersions({lifecycle, empty}: BucketFacts, {app}: Goal) {
  const harms = lifecycle.flatMap((rule) => harm(app, rule) ?? [])
  if (harms.length > 0) return {right: false, is: harms.join(', '), wanted: `kept ${KEPT.days} days`}
  const rules = rulesFor(app, lifecycle)
  const kept = rules.flatMap(({NoncurrentVersionExpiration: noncurrent}) => (noncurrent ? sayKept(noncurrent) : []))
  if (kept.length > 0) return {right: true, is: kept.join(', ')}
  return empty ? undefined : {right: true, is: 'kept for ever'}
}

const sayKept = ({NoncurrentDays = 0, NewerNoncurrentVersions: newest}: NoncurrentVersions) =>
  `kept ${NoncurrentDays} days${newest ? `, the newest ${newest} for ever` : ''}`

type NoncurrentVersions = NonNullable<LifecycleRule['NoncurrentVersionExpiration']>

const uploadDays = (rule: LifecycleRule) => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? Infinity
