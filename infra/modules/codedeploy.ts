import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'
import type {RunningService} from './ecs.js'

type Props = {
  settings: StackSettings
  roleArn: string
  clusterName: string
  services: Record<string, RunningService>
  listenerArn: string
  testListenerArn: string
  /** Alarms that stop a deployment, by service. */
  alarms: Record<string, string[]>
  topicArn: string
  /** Tags of every group: `fb deploy` reads from them which function each lifecycle event has. */
  tags: Record<string, string>
}

/** An application and a deployment group for each service. */
export class CodeDeploy extends Construct {
  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'codedeploy')
    void this.props
  }
}
