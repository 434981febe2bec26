import {createHash} from 'node:crypto'

import type {Network, TaskSet} from './service.js'

type Properties = {
  TaskDefinition: string
  LoadBalancerInfo: {ContainerName: string; ContainerPort: number}
  PlatformVersion?: string
  NetworkConfiguration?: {AwsvpcConfiguration: {Subnets: string[]; SecurityGroups: string[]; AssignPublicIp: string}}
  CapacityProviderStrategy?: {CapacityProvider: string; Base: number; Weight: number}[]
}

export type Hooks = Record<string, string>[]

/** CodeDeploy's instructions for an ECS deployment. */
export type AppSpec = {
  version: 0
  Resources: [{TargetService: {Type: 'AWS::ECS::Service'; Properties: Properties}}]
  Hooks?: Hooks
}

/** Where tasks are to run. */
export type Placement = {network?: Network; capacityProviders?: TaskSet['capacityProviders']}

/** What the application's own AppSpec or the infrastructure asks for; the rest comes from what runs. */
export type AppSpecTemplate = Placement & {container?: string; port?: number; platformVersion?: string; hooks?: Hooks}

/**
 * The AppSpec that moves the service to `taskDefinition`. What nobody asks for, such as network and capacity providers, is
 * repeated from the PRIMARY task set: CodeDeploy drops a capacity provider strategy that the AppSpec leaves out (containers-roadmap#1752).
 */
export function appSpecFor(taskDefinition: string, primary: TaskSet, template: AppSpecTemplate = {}): AppSpec {
  const {network = primary.network, capacityProviders = primary.capacityProviders} = template
  const properties: Properties = {
    TaskDefinition: taskDefinition,
    LoadBalancerInfo: {
      ContainerName: template.container ?? primary.container,
      ContainerPort: template.port ?? primary.port,
    },
    PlatformVersion: template.platformVersion ?? primary.platformVersion,
    NetworkConfiguration: network && {
      AwsvpcConfiguration: {
        Subnets: network.subnets,
        SecurityGroups: network.securityGroups,
        AssignPublicIp: network.assignPublicIp,
      },
    },
    CapacityProviderStrategy:
      capacityProviders.length > 0
        ? capacityProviders.map(({provider, base, weight}) => ({
            CapacityProvider: provider,
            Base: base,
            Weight: weight,
          }))
        : undefined,
  }
  return {
    version: 0,
    Resources: [{TargetService: {Type: 'AWS::ECS::Service', Properties: properties}}],
    Hooks: template.hooks,
  }
}

/**
 * The exact bytes sent and their sha256: the only handle by which CodeDeploy gives an AppSpec back later. `taken` are those of
 * other deployments: one whose answer is lost is found again by a sha256 of its own, and a newline means nothing.
 */
export function sealed(appSpec: AppSpec, taken: string[] = []): {content: string; sha256: string} {
  for (let content = JSON.stringify(appSpec); ; content += '\n') {
    const sha256 = createHash('sha256').update(content).digest('hex')
    if (!taken.includes(sha256)) return {content, sha256}
  }
}
