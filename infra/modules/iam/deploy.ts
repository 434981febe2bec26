import {passToTasks, type Statement} from '../../policies.js'
import type {Arns} from './arns.js'
import {runTasks} from './hooks.js'

/** What a workflow does: push an image, and run `fb deploy`, which watches as well. */
export const deploy = (arns: Arns): Statement[] => [
  ...push(arns),
  ...release(arns),
  ...migrate(arns),
  ...hold(arns),
  ...watch(arns),
]

const push = ({repository}: Arns): Statement[] => [
  {actions: ['ecr:GetAuthorizationToken'], resources: ['*']},
  {
    actions: [
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:CompleteLayerUpload',
      'ecr:DescribeImages',
      'ecr:GetDownloadUrlForLayer',
      'ecr:InitiateLayerUpload',
      'ecr:PutImage',
      'ecr:UploadLayerPart',
    ],
    resources: [repository],
  },
]

const release = (arns: Arns): Statement[] => [
  // AWS asks for `*` here: "not authorized to perform: ecs:RegisterTaskDefinition on resource: *".
  {actions: ['ecs:RegisterTaskDefinition'], resources: ['*']},
  {
    actions: ['ecs:TagResource'],
    resources: arns.taskDefinitions,
    conditions: {StringEquals: {'ecs:CreateAction': 'RegisterTaskDefinition'}},
  },
  // Who rolled a release back, and why.
  {
    actions: ['ecs:TagResource'],
    resources: arns.taskDefinitions,
    conditions: {'ForAllValues:StringEquals': {'aws:TagKeys': ['fb:rolled-back']}},
  },
  passToTasks(arns.tasksRoles),
  {
    actions: [
      'codedeploy:BatchGetApplicationRevisions',
      'codedeploy:GetApplicationRevision',
      'codedeploy:RegisterApplicationRevision',
    ],
    resources: arns.applications,
  },
  // On the group as the guide to CodeDeploy has it ("permissions reference"): on `*` it could stop any application's.
  {
    actions: ['codedeploy:ContinueDeployment', 'codedeploy:CreateDeployment', 'codedeploy:StopDeployment'],
    resources: arns.deploymentGroups,
  },
  // CodeDeploy asks for it of a CreateDeployment that alarms do not stop: a rollback while they fire.
  {actions: ['codedeploy:UpdateDeploymentGroup'], resources: arns.deploymentGroups},
  {actions: ['codedeploy:GetDeploymentConfig'], resources: [arns.strategies]},
]

/** Holding scale-in while traffic moves. */
const hold = (arns: Arns): Statement[] => [
  {
    actions: [
      'application-autoscaling:ListTagsForResource',
      'application-autoscaling:RegisterScalableTarget',
      'application-autoscaling:TagResource',
      'application-autoscaling:UntagResource',
    ],
    resources: [arns.scalableTargets],
    conditions: arns.ofThisEnvironment,
  },
  // Whoever registers what scales has to be allowed to scale it (the guide to Application Auto Scaling, permissions validation).
  {actions: ['ecs:UpdateService'], resources: arns.services},
]
/** Who may deploy any code as these tasks may run it by itself too. */
const migrate = (arns: Arns): Statement[] => [runTasks(arns), {actions: ['ecs:StopTask'], resources: [arns.tasks]}]

const watch = (arns: Arns): Statement[] => [
  {
    actions: [
      'codedeploy:BatchGetDeployments',
      'codedeploy:GetDeployment',
      'codedeploy:GetDeploymentGroup',
      'codedeploy:ListDeployments',
      'codedeploy:ListTagsForResource',
    ],
    resources: arns.deploymentGroups,
  },
  {actions: ['ecs:DescribeServices'], resources: arns.services},
  {actions: ['ecs:DescribeTasks'], resources: [arns.tasks]},
  {actions: ['ecs:ListTasks'], resources: ['*'], conditions: {ArnEquals: {'ecs:cluster': arns.cluster}}},
  {actions: ['cloudwatch:DescribeAlarms'], resources: arns.alarms},
  {actions: ['logs:GetLogEvents'], resources: [arns.logs]},
  // A request for a prefix is about all groups.
  {actions: ['logs:DescribeLogGroups'], resources: [arns.logGroups]},
  // Whether they exist. What they hold is sealed with a key that this role may not use.
  {actions: ['ssm:GetParameters'], resources: [arns.parameters]},
  {
    actions: [
      'application-autoscaling:DescribeScalableTargets',
      'application-autoscaling:DescribeScalingActivities',
      'codedeploy:GetDeploymentTarget',
      'ecs:DescribeTaskDefinition',
      'ecs:ListTaskDefinitions',
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeLoadBalancers',
      'elasticloadbalancing:DescribeRules',
      'elasticloadbalancing:DescribeTargetGroups',
      'elasticloadbalancing:DescribeTargetHealth',
    ],
    resources: ['*'],
  },
]
