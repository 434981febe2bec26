import {passToTasks, type Statement} from '../../policies.js'
import type {Arns} from './arns.js'

/** The actions of AWS's own AWSCodeDeployRoleForECS, which has them on `*`, except S3: the AppSpec is in the call. */
export const codedeploy = (arns: Arns, {region, keyArn}: {region: string; keyArn: string}): Statement[] => [
  {
    actions: ['ecs:DescribeServices', 'ecs:CreateTaskSet', 'ecs:UpdateServicePrimaryTaskSet', 'ecs:DeleteTaskSet'],
    resources: [...arns.services, ...arns.taskSets],
  },
  {
    actions: [
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeRules',
      'elasticloadbalancing:DescribeTargetGroups',
    ],
    resources: ['*'],
  },
  {
    actions: ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule'],
    resources: [arns.listeners, arns.listenerRules],
  },
  {actions: ['lambda:InvokeFunction'], resources: arns.hooks},
  {actions: ['cloudwatch:DescribeAlarms'], resources: arns.alarms},
  {actions: ['sns:Publish'], resources: [arns.topic]},
  // The topic is encrypted, and who publishes needs its key.
  {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [keyArn],
    conditions: {StringEquals: {'kms:ViaService': `sns.${region}.amazonaws.com`}},
  },
  passToTasks(arns.tasksRoles),
]
