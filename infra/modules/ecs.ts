import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

export type LoadBalancer = {arn: string; arnSuffix: string; dnsName: string; zoneId: string}

/** One service behind the load balancer; `blue` and `green` are names of target groups. */
export type RunningService = {
  name: string
  blue: {name: string; arnSuffix: string}
  green: {name: string; arnSuffix: string}
}

type Props = {
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
  readonly clusterName: string = ''
  readonly loadBalancer: LoadBalancer = {arn: '', arnSuffix: '', dnsName: '', zoneId: ''}
  readonly listenerArn: string = ''
  readonly url: string = ''
  readonly testListenerArn: string = ''
  /** Where the hooks reach the new version before production does. */
  readonly testPort: number = 0
  readonly services: Record<string, RunningService> = {}

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'ecs')
    void this.props
  }
}
