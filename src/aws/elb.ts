import {
  type Action,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type TargetGroup as SdkTargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'

import type {TargetGroup} from '../deploy/preflight/preflight.js'
import type {Target, Weights} from '../deploy/service.js'
import {NotFound} from '../errors.js'
import {type Connection, connect, pages} from './clients.js'

export function elb(connection: Connection) {
  const {read} = connect(ElasticLoadBalancingV2Client, connection)
  return {
    /** ARNs by name. */
    async targetGroups(names: string[]): Promise<Record<string, string>> {
      const {TargetGroups = []} = await read(new DescribeTargetGroupsCommand({Names: names}))
      return Object.fromEntries(TargetGroups.map((group) => [group.TargetGroupName!, group.TargetGroupArn!]))
    },
    async healthCheck(name: string): Promise<{path?: string; matcher?: string}> {
      const {TargetGroups: [group] = []} = await read(new DescribeTargetGroupsCommand({Names: [name]}))
      return {path: group?.HealthCheckPath, matcher: group?.Matcher?.HttpCode}
    },
    /** In the order of the names, with all that must be alike in two target groups of one service. */
    async describeTargetGroups(names: string[]): Promise<TargetGroup[]> {
      const {TargetGroups = []} = await read(new DescribeTargetGroupsCommand({Names: names})).catch(
        noTargetGroup(names),
      )
      return TargetGroups.map(targetGroupFrom).sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
    },
    async targets(targetGroup: string): Promise<Target[]> {
      const {TargetHealthDescriptions = []} = await read(new DescribeTargetHealthCommand({TargetGroupArn: targetGroup}))
      return TargetHealthDescriptions.map(({Target, TargetHealth}) => ({
        id: Target!.Id!,
        port: Target!.Port!,
        state: TargetHealth!.State!,
        reason: TargetHealth!.Reason,
        description: TargetHealth!.Description,
      }))
    },
    /** Protocol, host and port of a listener, such as `https://name.elb.amazonaws.com:9443`; `host` is the name it is known by. */
    async address(listener: string, host?: string): Promise<string> {
      const {Listeners = []} = await read(new DescribeListenersCommand({ListenerArns: [listener]}))
      const {Protocol, Port, LoadBalancerArn} = Listeners[0]!
      const {LoadBalancers = []} = await read(new DescribeLoadBalancersCommand({LoadBalancerArns: [LoadBalancerArn!]}))
      return `${Protocol!.toLowerCase()}://${host ?? LoadBalancers[0]!.DNSName}:${Port}`
    },
    /** The traffic the listener really sends to each of these target groups, whether by a path rule or by its default rule. */
    async weights(listener: string, targetGroups: string[]): Promise<Weights> {
      const get = (Marker?: string) => read(new DescribeRulesCommand({ListenerArn: listener, Marker}))
      const rules = await pages(
        get,
        (page) => page.Rules,
        (page) => page.NextMarker,
      )
      const ours = rules.map(({Actions}) => forward(Actions)).filter((to) => targetGroups.some((arn) => arn in to))
      // A rule of another purpose, such as a test path, can forward to one of them alone.
      const forwards = ours.find((to) => targetGroups.every((arn) => arn in to)) ?? ours[0] ?? {}
      const total = Object.values(forwards).reduce((sum, weight) => sum + weight, 0)
      return Object.fromEntries(
        targetGroups.map((arn) => [arn, total > 0 ? Math.round((100 * (forwards[arn] ?? 0)) / total) : 0]),
      )
    },
  }
}

const noTargetGroup = (names: string[]) => (error: Error) => {
  if (error.name !== 'TargetGroupNotFoundException') throw error
  const message = `There are no target groups ${names.join(' and ')}.`
  throw new NotFound(message, {code: 'no_target_group', next: ['fb infra drift'], cause: error})
}

function targetGroupFrom(group: SdkTargetGroup): TargetGroup {
  const settings = {
    protocol: group.ProtocolVersion ? `${group.Protocol} ${group.ProtocolVersion}` : group.Protocol,
    port: group.Port,
    'target type': group.TargetType,
    VPC: group.VpcId,
    'health protocol': group.HealthCheckProtocol,
    'health port': group.HealthCheckPort,
    'health path': group.HealthCheckPath,
    'healthy codes': group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode,
    interval: group.HealthCheckIntervalSeconds,
    timeout: group.HealthCheckTimeoutSeconds,
    'healthy threshold': group.HealthyThresholdCount,
    'unhealthy threshold': group.UnhealthyThresholdCount,
  }
  const texts = Object.entries(settings).map(([key, value]) => [key, String(value ?? 'none')])
  return {name: group.TargetGroupName!, arn: group.TargetGroupArn!, settings: Object.fromEntries(texts)}
}

/** Once CodeDeploy has touched a listener the weights are in ForwardConfig and TargetGroupArn is gone. */
function forward(actions: Action[] = []): Weights {
  const action = actions.find(({Type}) => Type === 'forward')
  const groups = action?.ForwardConfig?.TargetGroups
  if (groups) return Object.fromEntries(groups.map(({TargetGroupArn, Weight}) => [TargetGroupArn!, Weight ?? 1]))
  return action?.TargetGroupArn ? {[action.TargetGroupArn]: 1} : {}
}
