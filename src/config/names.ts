/** The environment that needs no AWS: the embedded sandbox. */
export const SANDBOX = 'sandbox'

/** The infrastructure that an account has once: it has a state of its own, and no service. */
export const SHARED = 'shared'

/** Begins the tags of a deployment group that name its hooks: `hook:AfterAllowTestTraffic` is a function. */
export const HOOK_TAG = 'hook:'

/** Tags of a deployment group that name what tasks are to run with: ECS takes these from a deployment and from nothing else. */
export const TASK_TAGS = {
  definition: 'tasks:definition',
  subnets: 'tasks:subnets',
  securityGroups: 'tasks:security-groups',
  capacityProvider: 'tasks:capacity-provider',
}

/** Where something lives: one API version of the application in one environment. */
export type Place = {app: string; env: string; service: string}

export type Names = ReturnType<typeof namesOf>

/** Every AWS name fb uses, derived from app, environment and service. The defaults are the application's own. */
export function namesOf({app, env, service}: Place) {
  const serviceName = `${app}-${service}-${env}`
  return {
    cluster: `${app}-${env}`,
    service: serviceName,
    family: serviceName,
    codedeployApplication: serviceName,
    deploymentGroup: serviceName,
    container: `${app}-${service}`,
    logGroup: `/ecs/${app}-${env}`,
    streamPrefix: `ecs-${service}`,
    repository: app,
    parameterPath: `/${app}/${env}/`,
    kmsKey: `alias/${app}-${env}`,
    stateKey: `${app}/${env}/terraform.tfstate`,
    backups: `backups/${env}/`,
    taskDefinitionTemplate: `.aws/task-definition-${service}-${env}.json`,
    appSpecTemplate: `.aws/appspec-${service}-${env}.yaml`,
  }
}
