import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'
import type {LoadBalancer, RunningService} from './ecs.js'

type Props = {
  settings: StackSettings
  keyArn: string
  clusterName: string
  loadBalancer: LoadBalancer
  services: Record<string, RunningService>
  databaseIdentifier?: string
}

/** Dashboards, alarms, and the topic that carries them. */
export class Monitoring extends Construct {
  readonly topicArn: string = ''
  /** Alarms that stop a deployment, by service. */
  readonly deploymentAlarms: Record<string, string[]> = {}

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'monitoring')
    void this.props
  }
}
