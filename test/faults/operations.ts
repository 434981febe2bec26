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

export const WRITES = ['ecs:RegisterTaskDefinition', 'codedeploy:CreateDeployment']

/** First called while the deployment is watched. */
export const WATCHING = [
  'codedeploy:GetDeployment',
  'codedeploy:GetDeploymentTarget',
  'elasticloadbalancing:DescribeTargetHealth',
  'elasticloadbalancing:DescribeRules',
  'cloudwatch:DescribeAlarms',
  'ecs:ListTasks',
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

/** What `fb rollback` cannot do without. */
export const SITUATION = [
  ...SHARED,
  ...HISTORY,
  'sts:GetCallerIdentity',
  'codedeploy:GetDeploymentGroup',
  'codedeploy:GetDeploymentConfig',
  'elasticloadbalancing:DescribeTargetGroups',
]

/** What it only says more with. */
export const CIRCUMSTANCES = [
  'cloudwatch:DescribeAlarms',
  'ecs:ListTaskDefinitions',
  'elasticloadbalancing:DescribeRules',
]

/** What it changes while what served before still runs. */
export const STOPPING = ['codedeploy:StopDeployment', 'ecs:TagResource']

export const OPERATIONS = {
  deploy: [...PLANNING, ...WRITES, ...WATCHING],
  status: STATUS,
  releases: RELEASES,
  watch: [...new Set([...ATTACHING, ...WATCHING, ...DIAGNOSIS])],
  rollback: [...SITUATION, ...WRITES, ...WATCHING, 'ecs:ListTaskDefinitions'],
  stop: [...SITUATION, ...STOPPING, ...WATCHING, 'ecs:ListTaskDefinitions'],
}
