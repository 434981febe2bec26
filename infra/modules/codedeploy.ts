import {CodedeployApp} from '@cdktf/provider-aws/lib/codedeploy-app/index.js'
import {CodedeployDeploymentGroup} from '@cdktf/provider-aws/lib/codedeploy-deployment-group/index.js'
import {Construct} from 'constructs'

import {logicalId, serviceNames} from '../names.js'
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
    for (const [service, running] of Object.entries(props.services)) this.group(service, running)
  }

  private group(service: string, running: RunningService): void {
    const {settings, roleArn, clusterName, alarms, tags} = this.props
    const names = serviceNames(settings, service)
    const {name: appName} = new CodedeployApp(this, logicalId('app', service), {
      name: names.codedeployApplication,
      computePlatform: 'ECS',
    })
    const watched = alarms[service] ?? []
    new CodedeployDeploymentGroup(this, logicalId('blue_green', service), {
      appName,
      deploymentGroupName: names.deploymentGroup,
      deploymentConfigName: settings.environment.deployment.strategy,
      serviceRoleArn: roleArn,
      deploymentStyle: {deploymentOption: 'WITH_TRAFFIC_CONTROL', deploymentType: 'BLUE_GREEN'},
      blueGreenDeploymentConfig: this.pace(),
      ecsService: {clusterName, serviceName: running.name},
      loadBalancerInfo: {targetGroupPairInfo: this.pair(running)},
      autoRollbackConfiguration: {enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']},
      // Rolling back on an alarm means nothing without alarms.
      ...(watched.length > 0 ? {alarmConfiguration: {enabled: true, alarms: watched}} : {}),
      triggerConfiguration: this.triggers(),
      tags: {...tags, ...running.tags},
    })
  }

  /** How long a person has to let the traffic move, and the old version to take it back. */
  private pace() {
    const {approvalMinutes, keepBlueMinutes} = this.props.settings.environment.deployment
    return {
      deploymentReadyOption:
        approvalMinutes > 0
          ? {actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: approvalMinutes}
          : {actionOnTimeout: 'CONTINUE_DEPLOYMENT'},
      terminateBlueInstancesOnDeploymentSuccess: {
        action: 'TERMINATE',
        terminationWaitTimeInMinutes: keepBlueMinutes,
      },
    }
  }

  /** CodeDeploy finds the rules of these listeners that forward to either group, and leaves those of other services alone. */
  private pair({blue, green}: RunningService) {
    const {listenerArn, testListenerArn} = this.props
    return {
      prodTrafficRoute: {listenerArns: [listenerArn]},
      testTrafficRoute: {listenerArns: [testListenerArn]},
      targetGroup: [{name: blue.name}, {name: green.name}],
    }
  }

  /** That a deployment failed or was stopped is told by the event that also raises the alarm: once is enough. */
  private triggers() {
    const {settings, topicArn} = this.props
    const waits = settings.environment.deployment.approvalMinutes > 0
    const triggerEvents = ['DeploymentRollback', ...(waits ? ['DeploymentReady'] : [])]
    return [{triggerName: 'alerts', triggerEvents, triggerTargetArn: topicArn}]
  }
}
