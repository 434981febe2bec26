import {passToTasks, type Statement} from '../../policies.js'
import type {Arns} from './arns.js'

/** What every hook does: it lives in the VPC, writes a log, and tells CodeDeploy how it went. */
export const reporting = (arns: Arns, ...hooks: Parameters<Arns['hookLog']>[0][]): Statement[] => [
  {actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: hooks.map(arns.hookLog)},
  // On the group as aws-cdk grants it, though the Service Authorization Reference knows no resource of it.
  {
    actions: ['codedeploy:GetDeployment', 'codedeploy:PutLifecycleEventHookExecutionStatus'],
    resources: arns.deploymentGroups,
  },
  // What AWSLambdaVPCAccessExecutionRole has on `*`; the guide to Lambda and VPCs gives the ARNs that do as well.
  {actions: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'], resources: ['*']},
  {
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: [arns.network],
  },
]

/** Any task of this application, in its own cluster alone. */
export const runTasks = (arns: Arns): Statement => ({
  actions: ['ecs:RunTask'],
  resources: arns.taskDefinitions,
  conditions: {ArnEquals: {'ecs:cluster': arns.cluster}},
})

/** The migration runs one task on the new task definition, which the AppSpec names, and waits for its end. */
export const migrating = (arns: Arns): Statement[] => [
  {actions: ['codedeploy:GetApplicationRevision'], resources: arns.applications},
  runTasks(arns),
  {actions: ['ecs:DescribeTasks'], resources: [arns.tasks]},
  passToTasks(arns.tasksRoles),
]
