/** AWS's services and operations under the names that IAM has for them in policies. */

const SERVICES: Record<string, string> = {
  'Elastic Load Balancing v2': 'elasticloadbalancing',
  'Application Auto Scaling': 'application-autoscaling',
  'CloudWatch Logs': 'logs',
}

/** Of the id that a client has for its service. */
export const serviceOf = (serviceId: string): string => SERVICES[serviceId] ?? serviceId.toLowerCase()

/** Operations of S3 that IAM knows by another name; S3's own refusal mostly names none. */
const ACTIONS: Record<string, string> = {
  's3:HeadBucket': 's3:ListBucket',
  's3:ListObjectsV2': 's3:ListBucket',
  's3:ListObjectVersions': 's3:ListBucketVersions',
  's3:HeadObject': 's3:GetObject',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:GetBucketLifecycleConfiguration': 's3:GetLifecycleConfiguration',
  's3:PutBucketLifecycleConfiguration': 's3:PutLifecycleConfiguration',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
}

/** What a role must be allowed for an operation such as `s3:HeadBucket`. */
export const actionOf = (operation: string): string => ACTIONS[operation] ?? operation

/** Whoever starts tasks must be allowed to give them their roles: who may not, and which role, of a refusal that is about that. */
export function roleNotPassed(message: string): {caller: string; role: string; name: string} | undefined {
  const [, caller, role] =
    /User: (\S+) is not authorized to perform: iam:PassRole on resource: (\S+)/.exec(message) ?? []
  return caller && role ? {caller, role, name: role.slice(role.lastIndexOf('/') + 1)} : undefined
}
