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
  'ecs:ListTasks',
]

/** Scale-in is held before, and released after. */
export const HOLDING = [
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:TagResource',
  'application-autoscaling:RegisterScalableTarget',
  'application-autoscaling:UntagResource',
]

/** Where the new version answers before it has traffic. */
export const TEST_URL = ['elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeLoadBalancers']

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
const PROCEEDING = [...ATTACHING, 'codedeploy:GetDeploymentTarget']
export const APPROVING = [...PROCEEDING, ...TEST_URL]

const WRITERS = ['ecs:DescribeServices', 'ecs:DescribeTaskDefinition']

export const GROUPS = [...WRITERS, 'logs:DescribeLogGroups']

/** The size of what is read decides who reads it; not knowing it is no failure. */
export const SEARCH = [...WRITERS, 'logs:FilterLogEvents', 'cloudwatch:GetMetricData']

export const INSIGHTS = [...WRITERS, 'cloudwatch:GetMetricData', 'logs:StartQuery', 'logs:GetQueryResults']

const union = (...lists: string[][]) => [...new Set(lists.flat())]

const deploying = union(PLANNING, LOOKS, WRITES, WATCHING, HOLDING)

/** Stopped tasks are looked at now and then: how often depends on how long a deployment is watched. */
export const SOMETIMES = ['ecs:ListTasks', 'ecs:DescribeTasks']

export const OPERATIONS = {
  deploy: deploying,
  migrate: union(PLANNING, LOOKS, WRITES, FOLLOWING, ['ecs:ListTasks', 'ecs:RunTask']),
  replace: union(PLANNING, LOOKS, WRITES, WATCHING, HISTORY, STOPPING),
  verify: [...VERIFYING, ...LOOKS, 'ecr:DescribeImages'],
  run: [...STARTING, ...FOLLOWING, 'ecs:RunTask'],
  gate: [...deploying, ...TEST_URL, 'codedeploy:ContinueDeployment'],
  refused: [...deploying, ...TEST_URL, ...STOPPING],
  approve: [...APPROVING, 'codedeploy:ContinueDeployment'],
  finish: [...PROCEEDING, 'codedeploy:ContinueDeployment'],
  release: [
    'sts:GetCallerIdentity',
    'codedeploy:ListDeployments',
    'application-autoscaling:DescribeScalableTargets',
    'application-autoscaling:ListTagsForResource',
    'application-autoscaling:RegisterScalableTarget',
    'application-autoscaling:UntagResource',
  ],
  groups: GROUPS,
  search: SEARCH,
  // For AWS's time, which its answers tell.
  insights: [...INSIGHTS, 'logs:FilterLogEvents'],
  status: STATUS,
  releases: RELEASES,
  watch: [...new Set([...ATTACHING, ...WATCHING, ...DIAGNOSIS, 'application-autoscaling:DescribeScalableTargets'])],
  rollback: [...SITUATION, ...WRITES, ...WATCHING, ...HOLDING, 'ecs:ListTaskDefinitions'],
  stop: [
    ...SITUATION,
    ...STOPPING,
    ...WATCHING,
    'ecs:ListTaskDefinitions',
    'application-autoscaling:DescribeScalableTargets',
  ],
}
