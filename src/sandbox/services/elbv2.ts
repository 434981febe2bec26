import type * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  DescribeListeners$,
  DescribeLoadBalancers$,
  DescribeRules$,
  DescribeTargetGroups$,
  DescribeTargetHealth$,
  ListenerNotFoundException,
  LoadBalancerNotFoundException,
  TargetGroupNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type {Account} from '../account.js'
import {testListenerGroup} from '../deployments.js'
import {activeFault} from '../faults.js'
import {type Handlers, saying} from '../handlers.js'
import {targetOf, tasksOf} from '../tasks.js'
import {allSets, greenWeight, primaryAt, rolloutAt} from '../world.js'

export const schemas = {
  DescribeListeners$,
  DescribeLoadBalancers$,
  DescribeRules$,
  DescribeTargetGroups$,
  DescribeTargetHealth$,
}

const zones = ['a', 'b']

export const handlers: Handlers<typeof elbv2, typeof schemas> = {
  DescribeLoadBalancers({Names, LoadBalancerArns}, {inventory, state}) {
    const {name, arn, dns} = inventory.loadBalancer
    const asked = [...(Names ?? []), ...(LoadBalancerArns ?? [])]
    const unknown = asked.find((one) => one !== name && one !== arn)
    if (unknown) throw new LoadBalancerNotFoundException(saying(`Load balancers '[${unknown}]' not found`))
    const balancer: elbv2.LoadBalancer = {
      LoadBalancerArn: arn,
      LoadBalancerName: name,
      DNSName: dns,
      Type: 'application',
      Scheme: 'internet-facing',
      State: {Code: 'active'},
      CreatedTime: new Date(state.taskDefinitions[0]!.at),
      AvailabilityZones: zones.map((zone, i) => ({
        ZoneName: inventory.where.region + zone,
        SubnetId: inventory.subnets[i]!,
      })),
    }
    return {LoadBalancers: [balancer]}
  },
  DescribeTargetGroups({Names, TargetGroupArns, LoadBalancerArn}, account) {
    const {targetGroups, loadBalancer} = account.inventory
    const asked = [...(Names ?? []), ...(TargetGroupArns ?? [])]
    for (const one of asked) groupOf(account, one)
    if (LoadBalancerArn && LoadBalancerArn !== loadBalancer.arn) return {TargetGroups: []}
    const wanted = targetGroups.filter(({name, arn}) => !asked.length || asked.includes(name) || asked.includes(arn))
    const unlike = activeFault(account.state.faults, 'unlike-groups', account.now) ? targetGroups[1].arn : undefined
    return {
      TargetGroups: wanted.map(({name, arn}) => ({
        ...targetGroup(name, arn, loadBalancer.arn),
        ...(arn === unlike && {HealthCheckPath: '/healthz'}),
      })),
    }
  },
  DescribeListeners({ListenerArns, LoadBalancerArn}, account) {
    const {loadBalancer} = account.inventory
    if (LoadBalancerArn && LoadBalancerArn !== loadBalancer.arn)
      throw new LoadBalancerNotFoundException(saying(`Load balancers '[${LoadBalancerArn}]' not found`))
    const all = listeners(account)
    const unknown = ListenerArns?.find((arn) => !all.some((one) => one.ListenerArn === arn))
    if (unknown) throw new ListenerNotFoundException(saying(`One or more listeners not found`))
    return {Listeners: all.filter(({ListenerArn}) => !ListenerArns || ListenerArns.includes(ListenerArn!))}
  },
  DescribeRules({ListenerArn}, account) {
    const listener = listeners(account).find((one) => one.ListenerArn === ListenerArn)
    if (!listener) throw new ListenerNotFoundException(saying('One or more listeners not found'))
    const RuleArn = `${listener.ListenerArn!.replace(':listener/', ':listener-rule/')}/9683b2d02a6cabee`
    return {Rules: [{RuleArn, Priority: 'default', IsDefault: true, Conditions: [], Actions: listener.DefaultActions}]}
  },
  DescribeTargetHealth({TargetGroupArn, Targets}, account) {
    const {world, now, inventory} = account
    const group = groupOf(account, TargetGroupArn!)
    const sets = allSets(world).filter((set) => set.group === group && set.createdAt <= now)
    const tasks = sets.flatMap((set) => tasksOf(world, set, now))
    const TargetHealthDescriptions = tasks.flatMap((task) => {
      const health = targetOf(task, now)
      if (!health || (Targets && !Targets.some(({Id}) => Id === task.address))) return []
      const zone = inventory.where.region + zones[task.slot % 2]
      const Target = {Id: task.address, Port: 8000, AvailabilityZone: zone}
      return [{Target, HealthCheckPort: '8000', TargetHealth: health}]
    })
    return {TargetHealthDescriptions}
  },
}

function groupOf({inventory}: Account, nameOrArn: string): number {
  const index = inventory.targetGroups.findIndex(({name, arn}) => name === nameOrArn || arn === nameOrArn)
  if (index < 0) throw new TargetGroupNotFoundException(saying('One or more target groups not found'))
  return index
}

const targetGroup = (name: string, arn: string, balancer: string): elbv2.TargetGroup => ({
  TargetGroupArn: arn,
  TargetGroupName: name,
  Protocol: 'HTTP',
  Port: 8000,
  TargetType: 'ip',
  VpcId: 'vpc-0d5c3b1a9f7e60284',
  HealthCheckProtocol: 'HTTP',
  HealthCheckPort: 'traffic-port',
  HealthCheckPath: '/health',
  HealthCheckEnabled: true,
  HealthCheckIntervalSeconds: 30,
  HealthCheckTimeoutSeconds: 6,
  HealthyThresholdCount: 5,
  UnhealthyThresholdCount: 2,
  Matcher: {HttpCode: '200'},
  LoadBalancerArns: [balancer],
})

function listeners(account: Account): elbv2.Listener[] {
  const {inventory, state, world, now} = account
  const common = {LoadBalancerArn: inventory.loadBalancer.arn, Protocol: 'HTTPS' as const}
  const prod = {...common, ListenerArn: inventory.listeners.prod, Port: 443, DefaultActions: [prodAction(account)]}
  if (!state.knobs.testListener) return [prod]
  const test = forward(inventory, [{group: testListenerGroup(world, now), weight: 1}])
  return [prod, {...common, ListenerArn: inventory.listeners.test, Port: 9443, DefaultActions: [test]}]
}

function prodAction({inventory, world, state, now}: Account): elbv2.Action {
  const swapped = activeFault(state.faults, 'listener-moved', now) !== undefined
  const rollout = rolloutAt(world, now)
  // Until CodeDeploy moves it for the first time the listener names one target group at the top level.
  if (!rollout) return forward(inventory, [{group: primaryAt(world, now).group, weight: 1}])
  const green = greenWeight(rollout, now)
  const share = (group: number) => ((group === rollout.blue.group) !== swapped ? 100 - green : green)
  return forward(
    inventory,
    [0, 1].map((group) => ({group, weight: share(group)})),
  )
}

function forward({targetGroups}: Account['inventory'], shares: {group: number; weight: number}[]): elbv2.Action {
  const groups = shares.map(({group, weight}) => ({TargetGroupArn: targetGroups[group]!.arn, Weight: weight}))
  return {
    Type: 'forward',
    Order: 1,
    ...(groups.length === 1 && {TargetGroupArn: groups[0]!.TargetGroupArn}),
    ForwardConfig: {TargetGroups: groups, TargetGroupStickinessConfig: {Enabled: false}},
  }
}
