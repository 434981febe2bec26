import {namesOf} from '../../../src/config/names.js'
import {serviceNames, short, stackNames} from '../../names.js'
import type {StackSettings} from '../../settings.js'

export type Arns = ReturnType<typeof arnsOf>

/** What the roles of an environment have to do with, by name: a policy is known before anything of it exists. */
export function arnsOf(settings: StackSettings) {
  const {app, environment, account, services} = settings
  const arn = (service: string, what: string) => `arn:aws:${service}:${environment.region}:${account}:${what}`
  const {cluster, logGroup, parameterPath, repository} = namesOf({app, env: environment.name, service: ''})
  const {hooks, loadBalancer, topic} = stackNames(settings)
  const each = (make: (names: ReturnType<typeof serviceNames>) => string) =>
    Object.keys(services).map((service) => make(serviceNames(settings, service)))
  const role = (name: string) => `arn:aws:iam::${account}:role/${roleName(settings, name)}`
  return {
    cluster: arn('ecs', `cluster/${cluster}`),
    services: each(({service}) => arn('ecs', `service/${cluster}/${service}`)),
    taskSets: each(({service}) => arn('ecs', `task-set/${cluster}/${service}/*`)),
    tasks: arn('ecs', `task/${cluster}/*`),
    taskDefinitions: each(({family}) => arn('ecs', `task-definition/${family}:*`)),
    tasksRoles: [role('execution'), role('task')],
    applications: each(({codedeployApplication}) => arn('codedeploy', `application:${codedeployApplication}`)),
    deploymentGroups: each(({codedeployApplication, deploymentGroup}) =>
      arn('codedeploy', `deploymentgroup:${codedeployApplication}/${deploymentGroup}`),
    ),
    // Their names are AWS's own, so the tags say which are of this environment.
    scalableTargets: arn('application-autoscaling', 'scalable-target/*'),
    ofThisEnvironment: {StringEquals: {'aws:ResourceTag/app': app, 'aws:ResourceTag/environment': environment.name}},
    strategies: arn('codedeploy', 'deploymentconfig:*'),
    hooks: Object.values(hooks).map((name) => arn('lambda', `function:${name}`)),
    hookLog: (hook: keyof typeof hooks) => arn('logs', `log-group:/aws/lambda/${hooks[hook]}:*`),
    logGroups: arn('logs', 'log-group:*'),
    logs: arn('logs', `log-group:${logGroup}:*`),
    listeners: arn('elasticloadbalancing', `listener/app/${loadBalancer}/*`),
    listenerRules: arn('elasticloadbalancing', `listener-rule/app/${loadBalancer}/*`),
    alarms: [`${app}-${environment.name}`, ...each(({service}) => service)].map((name) =>
      arn('cloudwatch', `alarm:${name}-*`),
    ),
    topic: arn('sns', topic),
    repository: arn('ecr', `repository/${repository}`),
    parameters: arn('ssm', `parameter${parameterPath}*`),
    parameterPath: arn('ssm', `parameter${parameterPath.replace(/\/$/, '')}`),
    secrets: arn('secretsmanager', `secret:${parameterPath.slice(1)}*`),
    network: arn('ec2', '*/*'),
  }
}

export const roleName = ({app, environment}: StackSettings, role: string): string =>
  short(`${app}-${environment.name}-${role}`, 64)
