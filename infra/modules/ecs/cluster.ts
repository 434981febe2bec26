import {CloudwatchLogGroup} from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import {EcsCluster} from '@cdktf/provider-aws/lib/ecs-cluster/index.js'
import {EcsClusterCapacityProviders} from '@cdktf/provider-aws/lib/ecs-cluster-capacity-providers/index.js'
import {Construct} from 'constructs'

import {namesOf} from '../../../src/config/names.js'
import type {StackSettings} from '../../settings.js'

type Props = {settings: StackSettings; keyArn: string}

/** Where the tasks of all services run, and where they write. */
export class Cluster extends Construct {
  readonly arn: string
  readonly name: string
  readonly logGroup: string
  readonly providers: EcsClusterCapacityProviders

  constructor(scope: Construct, {settings, keyArn}: Props) {
    super(scope, 'cluster')
    const {app, environment} = settings
    const names = namesOf({app, env: environment.name, service: ''})
    const containerInsights = environment.protected ? 'enhanced' : 'enabled'
    const cluster = new EcsCluster(this, 'main', {
      name: names.cluster,
      setting: [{name: 'containerInsights', value: containerInsights}],
    })
    this.arn = cluster.arn
    this.name = cluster.name
    this.providers = new EcsClusterCapacityProviders(this, 'fargate', {
      clusterName: cluster.name,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: capacityProviders(settings),
    })
    this.logGroup = new CloudwatchLogGroup(this, 'app', {
      name: names.logGroup,
      retentionInDays: environment.logs.days,
      kmsKeyId: keyArn,
    }).name
  }
}

/** Always named, never a launch type: from one to the other a service would have to be replaced. */
export const capacityProviders = ({environment}: StackSettings) => [
  {capacityProvider: environment.capacity.spot ? 'FARGATE_SPOT' : 'FARGATE', base: 0, weight: 1},
]
