/** Before anything is changed, in no order. */
export const PLANNING = [
  'sts:GetCallerIdentity',
  'ecr:DescribeImages',
  'ecs:DescribeServices',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTaskDefinitions',
  'codedeploy:GetDeploymentGroup',
  'codedeploy:GetDeploymentConfig',
  'codedeploy:ListDeployments',
  'codedeploy:ListTagsForResource',
  'elasticloadbalancing:DescribeTargetGroups',
]

const BALANCE = ['elasticloadbalancing:DescribeRules', 'cloudwatch:DescribeAlarms']

/** What only one check looks at: a deployment does not depend on it. */
export const LOOKS = [
  ...BALANCE,
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
  'ssm:GetParameters',
  'logs:DescribeLogGroups',
  'application-autoscaling:DescribeScalingActivities',
]

/** What all checks rest on. */
export const VERIFYING = [
  'sts:GetCallerIdentity',
  'ecs:DescribeServices',
  'ecs:DescribeTaskDefinition',
  'codedeploy:GetDeploymentGroup',
  'codedeploy:GetDeploymentConfig',
  'codedeploy:ListDeployments',
  'elasticloadbalancing:DescribeTargetGroups',
]

/** Before a command runs in a task of its own. */
export const STARTING = ['sts:GetCallerIdentity', 'ecs:DescribeServices', 'ecs:DescribeTaskDefinition']

/** While it runs. */
export const FOLLOWING = ['ecs:DescribeTasks', 'logs:GetLogEvents']

export const WRITES = ['ecs:RegisterTaskDefinition', 'codedeploy:CreateDeployment']

/** First called while the deployment is watched. */
export const WATCHING = [
  'codedeploy:GetDeployment',
  'codedeploy:GetDeploymentTarget',
  'elasticloadbalancing:DescribeTargetHealth',
  'elasticloadbalancing:DescribeRules',
  'cloudwatch:DescribeAlarms',
]

/** To find out why a deployment failed. */
export const DIAGNOSIS = ['ecs:ListTasks', 'ecs:DescribeTasks', 'logs:GetLogEvents']

const SHARED = ['ecs:DescribeServices', 'ecs:DescribeTaskDefinition', 'codedeploy:ListDeployments']
const HISTORY = ['codedeploy:BatchGetDeployments', 'codedeploy:BatchGetApplicationRevisions']
const BALANCER = [
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'elasticloadbalancing:DescribeRules',
]

export const STATUS = [
  ...SHARED,
  ...HISTORY,
  ...BALANCER,
  'codedeploy:GetDeploymentGroup',
  'codedeploy:GetDeploymentTarget',
  'cloudwatch:DescribeAlarms',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'application-autoscaling:DescribeScalableTargets',
]

export const RELEASES = [...SHARED, ...HISTORY]

/** What `fb watch` reads before it begins to watch. */
export const ATTACHING = [
  ...SHARED,
  'codedeploy:BatchGetDeployments',
  'sts:GetCallerIdentity',
  'codedeploy:GetDeploymentGroup',
  'codedeploy:GetDeploymentConfig',
  'elasticloadbalancing:DescribeTargetGroups',
]

const union = (...lists: string[][]) => [...new Set(lists.flat())]

export const OPERATIONS = {
  deploy: union(PLANNING, LOOKS, WRITES, WATCHING),
  migrate: union(PLANNING, LOOKS, WRITES, FOLLOWING, ['ecs:ListTasks', 'ecs:RunTask']),
  replace: union(PLANNING, LOOKS, WRITES, WATCHING, HISTORY, ['codedeploy:StopDeployment']),
  verify: [...VERIFYING, ...LOOKS, 'ecr:DescribeImages'],
  run: [...STARTING, ...FOLLOWING, 'ecs:RunTask'],
  status: STATUS,
  releases: RELEASES,
  watch: [...ATTACHING, ...WATCHING, ...DIAGNOSIS],
}
