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

const WRITERS = ['ecs:DescribeServices', 'ecs:DescribeTaskDefinition']

export const GROUPS = [...WRITERS, 'logs:DescribeLogGroups']

/** The size of what is read decides who reads it; not knowing it is no failure. */
export const SEARCH = [...WRITERS, 'logs:FilterLogEvents', 'cloudwatch:GetMetricData']

export const INSIGHTS = [...WRITERS, 'cloudwatch:GetMetricData', 'logs:StartQuery', 'logs:GetQueryResults']

export const OPERATIONS = {
  groups: GROUPS,
  search: SEARCH,
  insights: INSIGHTS,
  deploy: [...PLANNING, ...WRITES, ...WATCHING],
  status: STATUS,
  releases: RELEASES,
  watch: [...ATTACHING, ...WATCHING, ...DIAGNOSIS],
}
