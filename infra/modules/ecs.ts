import {Construct} from 'constructs'

import {TEST_PORT} from '../names.js'
import type {StackSettings} from '../settings.js'
import {Cluster} from './ecs/cluster.js'
import {SharedLoadBalancer} from './ecs/load-balancer.js'
import {routes} from './ecs/routing.js'
import {Service} from './ecs/service.js'

export type LoadBalancer = {arn: string; arnSuffix: string; dnsName: string; zoneId: string}

/** One service behind the load balancer; `blue` and `green` are names of target groups. */
export type RunningService = {
  name: string
  /** What the next deployment is to give its tasks, as tags of the deployment group. */
  tags: Record<string, string>
  blue: {name: string; arnSuffix: string}
  green: {name: string; arnSuffix: string}
}

export type Props = {
  settings: StackSettings
  keyArn: string
  vpcId: string
  publicSubnets: string[]
  privateSubnets: string[]
  loadBalancerGroup: string
  serviceGroup: string
  certificateArn?: string
  executionRoleArn: string
  taskRoleArn: string
  /** What the containers get from Parameter Store and Secrets Manager, by variable. */
  secrets: {name: string; valueFrom: string}[]
  /** What they get as it is. */
  variables: Record<string, string>
}

/** The cluster, the load balancer with its listeners, and the services. */
export class Ecs extends Construct {
  readonly clusterName: string
  readonly loadBalancer: LoadBalancer
  readonly listenerArn: string
  readonly url: string
  readonly testListenerArn: string
  /** Where the hooks reach the new version before production does. */
  readonly testPort: number = TEST_PORT
  readonly services: Record<string, RunningService>

  constructor(scope: Construct, props: Props) {
    super(scope, 'ecs')
    const {services} = props.settings
    const cluster = new Cluster(this, props)
    const loadBalancer = new SharedLoadBalancer(this, props)
    const running = Object.entries(routes(services)).map(([name, route]) => {
      const {running} = new Service(this, name, props, {cluster, loadBalancer, route})
      return [name, running] as const
    })
    const {arn, arnSuffix, dnsName, zoneId} = loadBalancer.lb
    this.clusterName = cluster.name
    this.loadBalancer = {arn, arnSuffix, dnsName, zoneId}
    this.listenerArn = loadBalancer.production.arn
    this.testListenerArn = loadBalancer.test.arn
    this.url = `${props.certificateArn ? 'https' : 'http'}://${dnsName}`
    this.services = Object.fromEntries(running)
  }
}
