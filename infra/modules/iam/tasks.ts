import type {Statement} from '../../policies.js'
import type {Arns} from './arns.js'

type Secrets = {region: string; keyArn: string; databaseSecretArn?: string}

/** What ECS does to start a task: the image, the log streams, and the secrets that the task definition names. */
export const execution = (arns: Arns, {region, keyArn, databaseSecretArn}: Secrets): Statement[] => [
  {actions: ['ecr:GetAuthorizationToken'], resources: ['*']},
  {
    actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    resources: [arns.repository],
  },
  {actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [arns.logs]},
  {actions: ['ssm:GetParameters'], resources: [arns.parameters]},
  {
    actions: ['secretsmanager:GetSecretValue'],
    resources: [arns.secrets, ...(databaseSecretArn ? [databaseSecretArn] : [])],
  },
  decrypt(region, keyArn),
]

/** What the application itself may do. */
export const task = (arns: Arns, {region, keyArn}: Secrets): Statement[] => [
  {actions: ['ssm:GetParameter', 'ssm:GetParameters'], resources: [arns.parameters]},
  // With a slash at its end, and without.
  {actions: ['ssm:GetParametersByPath'], resources: [arns.parameterPath, arns.parameters]},
  {actions: ['secretsmanager:GetSecretValue'], resources: [arns.secrets]},
  decrypt(region, keyArn),
]

const decrypt = (region: string, keyArn: string): Statement => ({
  actions: ['kms:Decrypt'],
  resources: [keyArn],
  conditions: {
    StringEquals: {'kms:ViaService': ['ssm', 'secretsmanager'].map((service) => `${service}.${region}.amazonaws.com`)},
  },
})
