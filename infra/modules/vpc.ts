import {CloudwatchLogGroup} from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import {DefaultSecurityGroup} from '@cdktf/provider-aws/lib/default-security-group/index.js'
import {Eip} from '@cdktf/provider-aws/lib/eip/index.js'
import {FlowLog} from '@cdktf/provider-aws/lib/flow-log/index.js'
import {IamRole} from '@cdktf/provider-aws/lib/iam-role/index.js'
import {IamRolePolicy} from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import {InternetGateway} from '@cdktf/provider-aws/lib/internet-gateway/index.js'
import {NatGateway} from '@cdktf/provider-aws/lib/nat-gateway/index.js'
import {Route} from '@cdktf/provider-aws/lib/route/index.js'
import {RouteTable} from '@cdktf/provider-aws/lib/route-table/index.js'
import {RouteTableAssociation} from '@cdktf/provider-aws/lib/route-table-association/index.js'
import {Subnet} from '@cdktf/provider-aws/lib/subnet/index.js'
import {Vpc as AwsVpc} from '@cdktf/provider-aws/lib/vpc/index.js'
import {VpcEndpoint} from '@cdktf/provider-aws/lib/vpc-endpoint/index.js'
import {Construct} from 'constructs'

import {blocks} from '../cidr.js'
import {short} from '../names.js'
import {allow, trust} from '../policies.js'
import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; keyArn: string}

/** Three zones, each with a public, a private and a database subnet. */
export class Vpc extends Construct {
  readonly id: string
  readonly publicSubnets: string[] = []
  readonly privateSubnets: string[] = []
  readonly databaseSubnets: string[] = []
  readonly privateRouteTables: string[] = []
  /** Addresses from which the private subnets reach the internet, by zone. */
  readonly natAddresses: Record<string, string> = {}

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'vpc')
    const {app, environment} = props.settings
    const name = `${app}-${environment.name}`
    const {cidr} = environment.network
    const vpc = new AwsVpc(this, 'main', {
      cidrBlock: cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: {Name: name},
    })
    this.id = vpc.id
    // Without rules: whatever forgets to name a group reaches nothing.
    new DefaultSecurityGroup(this, 'closed', {vpcId: this.id})
    this.subnets(name, blocks(cidr))
    this.ways()
    this.flowLogs(name)
  }

  private subnets(name: string, addresses: ReturnType<typeof blocks>): void {
    const {region, network} = this.props.settings.environment
    network.zones.forEach((zone, i) => {
      const subnet = (tier: 'public' | 'private' | 'database', cidrBlock: string) =>
        new Subnet(this, `${tier}_${zone}`, {
          vpcId: this.id,
          cidrBlock,
          availabilityZone: `${region}${zone}`,
          mapPublicIpOnLaunch: false,
          tags: {Name: `${name}-${tier}-${zone}`},
        }).id
      this.publicSubnets.push(subnet('public', addresses.public[i]!))
      this.privateSubnets.push(subnet('private', addresses.private[i]!))
      this.databaseSubnets.push(subnet('database', addresses.database[i]!))
    })
  }

  /** A private route table for each zone always, so that one NAT gateway or three is a change of routes alone. */
  private ways(): void {
    const internet = new InternetGateway(this, 'internet', {vpcId: this.id})
    const out = new RouteTable(this, 'public', {vpcId: this.id})
    new Route(this, 'public_default', {routeTableId: out.id, destinationCidrBlock: '0.0.0.0/0', gatewayId: internet.id})
    const {nat, zones} = this.props.settings.environment.network
    const gateways = (nat === 'single' ? zones.slice(0, 1) : zones).map((zone, i) => this.nat(zone, i, internet))
    zones.forEach((zone, i) => {
      new RouteTableAssociation(this, `public_table_${zone}`, {subnetId: this.publicSubnets[i]!, routeTableId: out.id})
      const table = new RouteTable(this, `private_table_${zone}`, {vpcId: this.id})
      this.privateRouteTables.push(table.id)
      const gateway = gateways[i] ?? gateways[0]!
      const natGatewayId = gateway.id
      new Route(this, `private_default_${zone}`, {
        routeTableId: table.id,
        destinationCidrBlock: '0.0.0.0/0',
        natGatewayId,
      })
      new RouteTableAssociation(this, `private_tables_${zone}`, {
        subnetId: this.privateSubnets[i]!,
        routeTableId: table.id,
      })
    })
    this.gatewayEndpoints()
  }

  private nat(zone: string, i: number, internet: InternetGateway): NatGateway {
    const address = new Eip(this, `nat_address_${zone}`, {domain: 'vpc'})
    this.natAddresses[zone] = address.publicIp
    const subnetId = this.publicSubnets[i]!
    return new NatGateway(this, `nat_${zone}`, {allocationId: address.id, subnetId, dependsOn: [internet]})
  }

  /** The two that AWS has for nothing; the layers of images come from S3. */
  private gatewayEndpoints(): void {
    const {region} = this.props.settings.environment
    const routeTableIds = this.privateRouteTables
    for (const service of ['s3', 'dynamodb']) {
      const serviceName = `com.amazonaws.${region}.${service}`
      new VpcEndpoint(this, service, {vpcId: this.id, serviceName, vpcEndpointType: 'Gateway', routeTableIds})
    }
  }

  addInterfaceEndpoints(group: string): void {
    const {region} = this.props.settings.environment
    for (const service of ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'ssm', 'kms', 'sts'])
      new VpcEndpoint(this, service.replace('.', '_'), {
        vpcId: this.id,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: 'Interface',
        privateDnsEnabled: true,
        subnetIds: this.privateSubnets,
        securityGroupIds: [group],
      })
  }

  private flowLogs(name: string): void {
    const {settings, keyArn} = this.props
    const {environment, account} = settings
    const group = new CloudwatchLogGroup(this, 'flow_logs', {
      name: `/aws/vpc/${name}/flow`,
      retentionInDays: environment.logs.days,
      kmsKeyId: keyArn,
    })
    const role = new IamRole(this, 'flow_role', {
      name: short(`${name}-flow`, 64),
      assumeRolePolicy: trust('vpc-flow-logs.amazonaws.com', account),
    })
    new IamRolePolicy(this, 'flow_write', {
      role: role.id,
      name: 'write',
      policy: allow({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [`${group.arn}:*`],
      }),
    })
    new FlowLog(this, 'flow', {
      vpcId: this.id,
      trafficType: environment.protected ? 'ALL' : 'REJECT',
      logDestinationType: 'cloud-watch-logs',
      logDestination: group.arn,
      iamRoleArn: role.arn,
    })
  }
}
