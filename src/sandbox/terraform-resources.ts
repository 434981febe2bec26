import {digestOf, type Inventory, uuidOf} from './inventory.js'

export type Resource = {
  module: string
  /** Type and name, with `data.` in front where Terraform only reads it. */
  address: string
  one?: object
  /** By their keys, where the resource has `for_each`. */
  each?: Record<string, object>
  /** Attributes whose values nobody may see. */
  sensitive?: string[]
  needs?: string[]
}

/** What Terraform knows of the sandbox's application: later applies made some things larger and added an alarm. */
export function resourcesOf(inventory: Inventory, serial: number): Resource[] {
  const modules = {vpc, security, ecs, codedeploy, ssm, monitoring}
  return Object.entries(modules).flatMap(([module, resources]) =>
    resources(inventory, serial).map((resource) => ({module, ...resource})),
  )
}

type Part = Omit<Resource, 'module'>

/** An id as EC2 gives them, always the same for the same thing. */
const idOf = ({cluster}: Inventory, kind: string, of = '') =>
  `${kind}-0${digestOf(`${cluster} ${kind} ${of}`).slice(0, 16)}`

function perZone({where: {region}}: Inventory, make: (zone: string, i: number) => object): Record<string, object> {
  return Object.fromEntries(['a', 'b'].map((letter, i) => [region + letter, make(region + letter, i)]))
}

function vpc(inventory: Inventory): Part[] {
  const {where, subnets} = inventory
  const id = (kind: string, of?: string) => idOf(inventory, kind, of)
  const [vpc_id, allocation_id] = [id('vpc'), id('eipalloc')]
  const needs = ['vpc.aws_vpc.main']
  const subnet = (zone: string, cidr_block: string, own: string) => ({
    id: own,
    arn: inventory.arn('ec2', `subnet/${own}`),
    vpc_id,
    availability_zone: zone,
    cidr_block,
    map_public_ip_on_launch: false,
  })
  const open = perZone(inventory, (zone, i) => subnet(zone, `10.0.${i}.0/24`, id('subnet', zone)))
  const closed = perZone(inventory, (zone, i) => subnet(zone, `10.0.${16 + i * 16}.0/20`, subnets[i]!))
  const network = {id: vpc_id, cidr_block: '10.0.0.0/16', enable_dns_hostnames: true, enable_dns_support: true}
  return [
    {address: 'data.aws_availability_zones.available', one: {id: where.region, names: Object.keys(open)}},
    {address: 'aws_vpc.main', one: network},
    {address: 'aws_internet_gateway.main', one: {id: id('igw'), vpc_id}, needs},
    {address: 'aws_subnet.public', each: open, needs},
    {address: 'aws_subnet.private', each: closed, needs},
    {address: 'aws_eip.nat', one: {id: allocation_id, domain: 'vpc', public_ip: '203.0.113.24'}},
    {address: 'aws_nat_gateway.main', one: {id: id('nat'), allocation_id, connectivity_type: 'public'}, needs},
    {address: 'aws_route_table.private', each: perZone(inventory, (zone) => ({id: id('rtb', zone), vpc_id})), needs},
  ]
}

function security(inventory: Inventory): Part[] {
  const {cluster, securityGroups, arn} = inventory
  const id = (kind: string, of?: string) => idOf(inventory, kind, of)
  const vpc_id = id('vpc')
  const [balancer, tasks] = [id('sg', 'alb'), securityGroups[0]!]
  const key = uuidOf(`${cluster} key`)
  const group = (own: string, name: string) => ({
    one: {id: own, arn: arn('ec2', `security-group/${own}`), name: `${cluster}-${name}`, description: name, vpc_id},
    needs: ['vpc.aws_vpc.main'],
  })
  const rule = (own: string, security_group_id: string, port: number, source: object) => ({
    one: {id: own, security_group_id, ip_protocol: 'tcp', from_port: port, to_port: port, ...source},
    needs: ['security.aws_security_group.alb', 'security.aws_security_group.ecs'],
  })
  const firewall = {id: uuidOf(`${cluster} waf`), name: cluster, scope: 'REGIONAL', capacity: 702}
  return [
    {address: 'aws_kms_key.main', one: {id: key, arn: arn('kms', `key/${key}`), enable_key_rotation: true}},
    {address: 'aws_security_group.alb', ...group(balancer, 'alb')},
    {address: 'aws_security_group.ecs', ...group(tasks, 'ecs')},
    {
      address: 'aws_vpc_security_group_ingress_rule.alb_443',
      ...rule(id('sgr', 'alb'), balancer, 443, {cidr_ipv4: '0.0.0.0/0'}),
    },
    {
      address: 'aws_vpc_security_group_ingress_rule.ecs_alb',
      ...rule(id('sgr', 'ecs'), tasks, 8000, {referenced_security_group_id: balancer}),
    },
    {address: 'aws_wafv2_web_acl.main', one: firewall},
    {address: 'aws_iam_role.execution', one: role(inventory, 'execution', 'ecs-tasks')},
    {address: 'aws_iam_role.task', one: role(inventory, 'task', 'ecs-tasks')},
    {address: 'aws_iam_role.codedeploy', one: role(inventory, 'codedeploy', 'codedeploy')},
  ]
}

function role({where: {account}, cluster}: Inventory, purpose: string, service: string) {
  const name = `${cluster}-${purpose}`
  const Statement = [{Effect: 'Allow', Principal: {Service: `${service}.amazonaws.com`}, Action: 'sts:AssumeRole'}]
  const assume_role_policy = JSON.stringify({Version: '2012-10-17', Statement})
  return {id: name, name, arn: `arn:aws:iam::${account}:role/${name}`, assume_role_policy, max_session_duration: 3600}
}

function ecs(inventory: Inventory, serial: number): Part[] {
  const {where, cluster, clusterArn, family, loadBalancer, listeners, targetGroups, logGroup, logGroupArn} = inventory
  const vpc_id = idOf(inventory, 'vpc')
  const each = (attributes: object) => ({[where.service]: attributes})
  const listener = (port: number, id: string) => ({id, arn: id, load_balancer_arn: loadBalancer.arn, port})
  const group = (i: 0 | 1) => ({...targetGroups[i], id: targetGroups[i].arn, port: 8000, target_type: 'ip', vpc_id})
  const {arn, name, dns} = loadBalancer
  const size = serial >= 26 ? {cpu: '512', memory: '1024'} : {cpu: '256', memory: '512'}
  const scaling = {id: inventory.service, min_capacity: 2, max_capacity: serial >= 27 ? 4 : 2}
  const logs = {id: logGroup, name: logGroup, arn: logGroupArn, retention_in_days: serial >= 27 ? 30 : 14}
  const task = {id: family, family, ...size, network_mode: 'awsvpc', skip_destroy: true}
  const balancer = {id: arn, arn, name, dns_name: dns, idle_timeout: 60, drop_invalid_header_fields: true}
  const onBalancer = {needs: ['ecs.aws_lb.alb', 'ecs.aws_lb_target_group.blue']}
  const roles = ['security.aws_iam_role.execution', 'security.aws_iam_role.task']
  const inVpc = ['security.aws_security_group.alb', 'vpc.aws_subnet.public']
  return [
    {address: 'aws_cloudwatch_log_group.app', one: logs},
    {address: 'aws_lb.alb', one: balancer, needs: inVpc},
    {address: 'aws_lb_target_group.blue', one: group(0), needs: ['vpc.aws_vpc.main']},
    {address: 'aws_lb_target_group.green', one: group(1), needs: ['vpc.aws_vpc.main']},
    {address: 'aws_lb_listener.prod', one: listener(443, listeners.prod), ...onBalancer},
    {address: 'aws_lb_listener.test', one: listener(9443, listeners.test), ...onBalancer},
    {address: 'aws_ecs_cluster.main', one: {id: clusterArn, arn: clusterArn, name: cluster}},
    {address: 'aws_ecs_task_definition.app', each: each(task), needs: roles},
    {address: 'aws_ecs_service.app_service', each: each(appService(inventory)), needs: ['ecs.aws_ecs_cluster.main']},
    {address: 'aws_appautoscaling_target.app', each: each(scaling), needs: ['ecs.aws_ecs_service.app_service']},
  ]
}

const appService = ({service, serviceArn, clusterArn, subnets, securityGroups}: Inventory) => ({
  id: serviceArn,
  name: service,
  cluster: clusterArn,
  desired_count: 2,
  launch_type: 'FARGATE',
  deployment_controller: [{type: 'CODE_DEPLOY'}],
  network_configuration: [{assign_public_ip: false, security_groups: securityGroups, subnets}],
})

function codedeploy({codedeployApplication: app, deploymentGroup, cluster, service}: Inventory): Part[] {
  const group = {
    id: uuidOf(deploymentGroup),
    app_name: app,
    deployment_group_name: deploymentGroup,
    deployment_config_name: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes',
    ecs_service: [{cluster_name: cluster, service_name: service}],
  }
  const needs = ['codedeploy.aws_codedeploy_app.app', 'ecs.aws_ecs_service.app_service']
  return [
    {address: 'aws_codedeploy_app.app', one: {id: uuidOf(app), name: app, compute_platform: 'ECS'}},
    {address: 'aws_codedeploy_deployment_group.app', one: group, needs},
  ]
}

function ssm(inventory: Inventory, serial: number): Part[] {
  const {parameterPath, where} = inventory
  const parameter = (key: string, type: string, value: string) => {
    const name = parameterPath + key
    return {id: name, name, arn: inventory.arn('ssm', `parameter${name}`), type, value, tier: 'Standard', version: 1}
  }
  const url = `postgresql://${where.app}:sandbox@db.sandbox.internal:5432/app`
  return [
    {
      address: 'aws_ssm_parameter.secret',
      each: {
        DATABASE_URL: parameter('DATABASE_URL', 'SecureString', url),
        SECRET_KEY: parameter('SECRET_KEY', 'SecureString', digestOf(`secret ${parameterPath}`)),
      },
      sensitive: ['value'],
      needs: ['security.aws_kms_key.main'],
    },
    {
      address: 'aws_ssm_parameter.plain',
      each: {LOG_LEVEL: parameter('LOG_LEVEL', 'String', serial >= 25 ? 'info' : 'debug')},
    },
  ]
}

function monitoring(inventory: Inventory, serial: number): Part[] {
  const {alarms, cluster, arn} = inventory
  const topic = arn('sns', `${cluster}-alerts`)
  const alarm = (id: string, metric_name: string, threshold: number) => ({
    one: {id, alarm_name: id, metric_name, namespace: 'AWS/ApplicationELB', threshold, alarm_actions: [topic]},
    needs: ['ecs.aws_lb.alb', 'monitoring.aws_sns_topic.alerts'],
  })
  const errors = alarm(alarms.errors, 'HTTPCode_Target_5XX_Count', 10)
  const latency = alarm(alarms.latency, 'TargetResponseTime', 1)
  const dashboard = `${cluster}-service-health`
  return [
    {address: 'aws_sns_topic.alerts', one: {id: topic, arn: topic, name: `${cluster}-alerts`}},
    {address: 'aws_cloudwatch_metric_alarm.alb_5xx', ...errors},
    ...(serial >= 25 ? [{address: 'aws_cloudwatch_metric_alarm.alb_p95', ...latency}] : []),
    {address: 'aws_cloudwatch_dashboard.service_health', one: {id: dashboard, dashboard_name: dashboard}},
  ]
}
