import {EcsService} from '@cdktf/provider-aws/lib/ecs-service/index.js'
import type {LbListener} from '@cdktf/provider-aws/lib/lb-listener/index.js'
import {LbListenerRule} from '@cdktf/provider-aws/lib/lb-listener-rule/index.js'
import {LbTargetGroup} from '@cdktf/provider-aws/lib/lb-target-group/index.js'
import type {ITerraformDependable} from 'cdktf'
import {Construct} from 'constructs'

import {TASK_TAGS} from '../../../src/config/names.js'
import {logicalId, SERVICE_HEADER, serviceNames} from '../../names.js'
import type {Props, RunningService} from '../ecs.js'
import {autoscale} from './autoscaling.js'
import {type Cluster, capacityProviders} from './cluster.js'
import type {SharedLoadBalancer} from './load-balancer.js'
import type {Route} from './routing.js'
import {taskDefinition} from './task-definition.js'

/**
 * What a deployment moves to the new version. CodeDeploy takes all of it from the AppSpec, and with its controller ECS
 * refuses to change it in any other way (UpdateService); autoscaling owns the count.
 */
const OWNED_BY_DEPLOYMENTS = [
  'task_definition',
  'load_balancer',
  'desired_count',
  'network_configuration',
  'platform_version',
  'capacity_provider_strategy',
]

type Around = {cluster: Cluster; loadBalancer: SharedLoadBalancer; route: Route}

/** One API version: its tasks, the two target groups between which deployments move, and the rules that lead there. */
export class Service extends Construct {
  readonly running: RunningService
  private readonly names: ReturnType<typeof serviceNames>

  constructor(
    scope: Construct,
    private readonly service: string,
    private readonly props: Props,
    {cluster, loadBalancer, route}: Around,
  ) {
    super(scope, `service_${service}`)
    this.names = serviceNames(props.settings, service)
    const [blue, green] = [this.targetGroup('blue'), this.targetGroup('green')]
    const rules = this.rules(loadBalancer, route, blue)
    const definition = taskDefinition(this, service, cluster.logGroup, props).arn
    const {name} = this.tasks(cluster, definition, blue, [...rules, cluster.providers])
    autoscale(this, {settings: props.settings, service, clusterName: cluster.name, serviceName: name})
    const known = (group: LbTargetGroup) => ({name: group.name, arnSuffix: group.arnSuffix})
    this.running = {name, tags: this.tags(definition), blue: known(blue), green: known(green)}
  }

  private targetGroup(colour: 'blue' | 'green'): LbTargetGroup {
    const {settings, vpcId} = this.props
    const {port, health} = settings.services[this.service]!
    return new LbTargetGroup(this, logicalId(colour, this.service), {
      name: this.names[colour],
      port,
      protocol: 'HTTP',
      // A task on Fargate has an address of its own.
      targetType: 'ip',
      vpcId,
      deregistrationDelay: '30',
      healthCheck: {path: health, matcher: '200', interval: 15, timeout: 5, healthyThreshold: 2, unhealthyThreshold: 3},
    })
  }

  /** By path on both listeners; on the test listener also by name, as a path such as /health may be another service's. */
  private rules({production, test}: SharedLoadBalancer, route: Route, to: LbTargetGroup): LbListenerRule[] {
    const {priority, namedPriority} = route
    const byPath = {pathPattern: {values: route.paths}}
    const byName = {httpHeader: {httpHeaderName: SERVICE_HEADER, values: [this.service]}}
    const rule = (id: string, {arn}: LbListener, place: number, condition: typeof byPath | typeof byName) =>
      new LbListenerRule(this, logicalId(id, this.service), {
        listenerArn: arn,
        priority: place,
        condition: [condition],
        action: [{type: 'forward', targetGroupArn: to.arn}],
        // CodeDeploy moves every rule of both listeners that forwards to the live group, and refuses the next deployment
        // when one of them was moved back: "Primary taskset target group must be behind listener" and the rule's ARN.
        lifecycle: {ignoreChanges: ['action']},
      })
    return [
      rule('production', production, priority, byPath),
      rule('test', test, priority, byPath),
      rule('test_by_name', test, namedPriority, byName),
    ]
  }

  private tags(definition: string): Record<string, string> {
    const {settings, privateSubnets, serviceGroup} = this.props
    return {
      [TASK_TAGS.definition]: definition,
      [TASK_TAGS.subnets]: privateSubnets.join(' '),
      [TASK_TAGS.securityGroups]: serviceGroup,
      [TASK_TAGS.capacityProvider]: capacityProviders(settings)[0]!.capacityProvider,
    }
  }

  private tasks(
    cluster: Cluster,
    definition: string,
    blue: LbTargetGroup,
    dependsOn: ITerraformDependable[],
  ): EcsService {
    const {settings, privateSubnets, serviceGroup} = this.props
    const {environment, services} = settings
    return new EcsService(this, logicalId('app_service', this.service), {
      name: this.names.service,
      cluster: cluster.arn,
      taskDefinition: definition,
      desiredCount: environment.minTasks,
      deploymentController: {type: 'CODE_DEPLOY'},
      capacityProviderStrategy: capacityProviders(settings),
      platformVersion: 'LATEST',
      networkConfiguration: {subnets: privateSubnets, securityGroups: [serviceGroup], assignPublicIp: false},
      loadBalancer: [
        {
          targetGroupArn: blue.arn,
          containerName: this.names.container,
          containerPort: services[this.service]!.port,
        },
      ],
      healthCheckGracePeriodSeconds: 60,
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
      // The default of provider 5, which 6 leaves to ECS.
      availabilityZoneRebalancing: 'DISABLED',
      // ECS takes a target group only when a load balancer uses it already.
      dependsOn,
      lifecycle: {ignoreChanges: OWNED_BY_DEPLOYMENTS},
    })
  }
}
