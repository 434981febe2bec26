import {EcsTaskDefinition} from '@cdktf/provider-aws/lib/ecs-task-definition/index.js'
import type {Construct} from 'constructs'

import {logicalId, serviceNames} from '../../names.js'
import type {Props} from '../ecs.js'

/**
 * What runs until the first `fb deploy`: no image has been pushed when the infrastructure is made. It answers 200 on every
 * path, on the port that the variable PORT names. `fb deploy` changes the image of what runs and keeps the rest, so a
 * placeholder that needs a command would leave that command to the application.
 */
const PLACEHOLDER = 'us-docker.pkg.dev/google-samples/containers/gke/hello-app:1.0'

/** The first revision of a service's task definition; every deployment makes the next. */
export function taskDefinition(scope: Construct, service: string, logGroup: string, props: Props): EcsTaskDefinition {
  const {settings, executionRoleArn, taskRoleArn} = props
  const {cpu, memory} = settings.environment
  return new EcsTaskDefinition(scope, logicalId('app', service), {
    family: serviceNames(settings, service).family,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: String(cpu),
    memory: String(memory),
    runtimePlatform: {operatingSystemFamily: 'LINUX', cpuArchitecture: 'X86_64'},
    executionRoleArn,
    taskRoleArn,
    containerDefinitions: JSON.stringify([container(service, logGroup, props)]),
    // A revision that is no longer wanted here may be what a rollback goes back to.
    skipDestroy: true,
  })
}

/** All of it, explicitly: ECS fills in what is left out, and every plan would show that as a difference. */
function container(service: string, logGroup: string, {settings, secrets, variables}: Props): object {
  const {container: name, streamPrefix} = serviceNames(settings, service)
  const {port} = settings.services[service]!
  const environment = Object.entries({PORT: String(port), ...variables}).map(([name, value]) => ({name, value}))
  return {
    name,
    image: PLACEHOLDER,
    cpu: 0,
    essential: true,
    portMappings: [{containerPort: port, hostPort: port, protocol: 'tcp'}],
    environment,
    secrets,
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': logGroup,
        'awslogs-region': settings.environment.region,
        'awslogs-stream-prefix': streamPrefix,
      },
    },
  }
}
