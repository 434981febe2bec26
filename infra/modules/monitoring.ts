import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'
import type {LoadBalancer, RunningService} from './ecs.js'
import {Alarms} from './monitoring/alarms.js'
import {dashboards} from './monitoring/dashboards.js'
import {FailedDeployments} from './monitoring/failed-deployments.js'
import {alertsTopic} from './monitoring/topic.js'

export type Watched = {
  settings: StackSettings
  keyArn: string
  clusterName: string
  loadBalancer: LoadBalancer
  services: Record<string, RunningService>
  databaseIdentifier?: string
}

/** Dashboards, alarms, and the topic that carries them. */
export class Monitoring extends Construct {
  readonly topicArn: string
  /** Alarms that stop a deployment, by service. */
  readonly deploymentAlarms: Record<string, string[]>

  constructor(scope: Construct, watched: Watched) {
    super(scope, 'monitoring')
    this.topicArn = alertsTopic(this, watched)
    const alarms = new Alarms(this, watched, this.topicArn)
    this.deploymentAlarms = alarms.deployment
    const failed = new FailedDeployments(this, watched, this.topicArn)
    dashboards(this, watched, [...alarms.arns, failed.alarmArn])
  }
}
