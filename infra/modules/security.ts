import {SecurityGroup} from '@cdktf/provider-aws/lib/security-group/index.js'
import {VpcSecurityGroupEgressRule} from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js'
import {VpcSecurityGroupIngressRule} from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js'
import {Construct} from 'constructs'

import {TEST_PORT} from '../names.js'
import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; vpcId: string; natAddresses: Record<string, string>}
/** Who is at the other end of a rule, when it is none of ours. */
type Far = {cidrIpv4: string; port: number; description?: string}
type Tier = 'load_balancer' | 'service' | 'database' | 'hooks' | 'endpoints' | 'api'

const INTERNET = '0.0.0.0/0'
const POSTGRESQL = 5432

/** Who may talk to whom: a group for each tier that there is, and rules that name both ends. */
export class Security extends Construct {
  readonly loadBalancerGroup: string
  readonly serviceGroup: string
  readonly hooksGroup: string
  /** These are empty in an environment that has no database, no interface endpoints, no HTTP API. */
  readonly databaseGroup: string
  readonly endpointsGroup: string
  readonly apiGroup: string
  private readonly groups = new Map<Tier, string>()

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'security')
    const {database, network, apiGateway} = props.settings.environment
    this.loadBalancerGroup = this.group('load_balancer')
    this.serviceGroup = this.group('service')
    this.hooksGroup = this.group('hooks')
    this.databaseGroup = database ? this.group('database') : ''
    this.endpointsGroup = network.interfaceEndpoints ? this.group('endpoints') : ''
    this.apiGroup = apiGateway ? this.group('api') : ''
    this.traffic()
    this.testTraffic()
    this.toDatabase()
    this.toAws()
  }

  /**
   * A new name or description replaces a group, which a running task never lets go of: so neither says anything that could
   * change, and what people read is a tag.
   */
  private group(tier: Tier): string {
    const {app, environment} = this.props.settings
    const name = `${app}-${environment.name}-${tier.replace('_', '-')}`
    const {id} = new SecurityGroup(this, tier, {
      vpcId: this.props.vpcId,
      namePrefix: `${name}-`,
      tags: {Name: name},
      lifecycle: {createBeforeDestroy: true},
    })
    this.groups.set(tier, id)
    return id
  }

  private traffic(): void {
    const {services, environment} = this.props.settings
    this.from('load_balancer', 'http', {cidrIpv4: INTERNET, port: 80})
    this.from('load_balancer', 'https', {cidrIpv4: INTERNET, port: 443})
    for (const port of new Set(Object.values(services).map((service) => service.port)))
      this.between('load_balancer', 'service', port)
    if (environment.apiGateway) this.between('api', 'load_balancer', this.encrypted ? 443 : 80)
  }

  /**
   * The name of an internet-facing load balancer has public addresses only, so the hooks come to it through the NAT
   * gateways: a rule that names their group would never match.
   */
  private testTraffic(): void {
    const {natAddresses, settings} = this.props
    for (const [zone, address] of Object.entries(natAddresses)) {
      const hooks = {cidrIpv4: `${address}/32`, port: TEST_PORT, description: 'hooks by way of a NAT gateway'}
      this.from('load_balancer', `test_nat_${zone}`, hooks)
    }
    for (const cidrIpv4 of new Set(settings.environment.loadBalancer.testFrom)) {
      const who = {cidrIpv4, port: TEST_PORT, description: 'test listener'}
      this.from('load_balancer', `test_${cidrIpv4.replace(/\D/g, '_')}`, who)
    }
    this.to('hooks', 'test_listener', {cidrIpv4: INTERNET, port: TEST_PORT})
    if (!this.encrypted) this.to('hooks', 'http', {cidrIpv4: INTERNET, port: 80})
  }

  /** Without a database of its own, DB_URL names one that is somewhere else. */
  private toDatabase(): void {
    if (this.databaseGroup) this.between('service', 'database', POSTGRESQL)
    else this.to('service', 'database', {cidrIpv4: INTERNET, port: POSTGRESQL})
  }

  /** Images, secrets, logs, CodeDeploy, and whatever API the application calls. */
  private toAws(): void {
    for (const tier of ['service', 'hooks'] as const) {
      this.to(tier, 'https', {cidrIpv4: INTERNET, port: 443})
      if (this.endpointsGroup) this.between(tier, 'endpoints', 443)
    }
  }

  private get encrypted(): boolean {
    const {domain, loadBalancer} = this.props.settings.environment
    return Boolean(domain ?? loadBalancer.certificate)
  }

  private between(from: Tier, to: Tier, port: number): void {
    const description = words(`${from}_to_${to}`)
    const ends = {from: this.groups.get(from)!, to: this.groups.get(to)!}
    new VpcSecurityGroupEgressRule(this, `${from}_to_${to}_${port}`, {
      ...rule(ends.from, port, description),
      referencedSecurityGroupId: ends.to,
    })
    new VpcSecurityGroupIngressRule(this, `${to}_from_${from}_${port}`, {
      ...rule(ends.to, port, description),
      referencedSecurityGroupId: ends.from,
    })
  }

  private from(tier: Tier, what: string, {cidrIpv4, port, description = words(what)}: Far): void {
    const near = rule(this.groups.get(tier)!, port, description)
    new VpcSecurityGroupIngressRule(this, `${tier}_from_${what}`, {...near, cidrIpv4})
  }

  private to(tier: Tier, what: string, {cidrIpv4, port, description = words(what)}: Far): void {
    const near = rule(this.groups.get(tier)!, port, description)
    new VpcSecurityGroupEgressRule(this, `${tier}_to_${what}`, {...near, cidrIpv4})
  }
}

const rule = (securityGroupId: string, port: number, description: string) => ({
  securityGroupId,
  ipProtocol: 'tcp',
  fromPort: port,
  toPort: port,
  description,
})

const words = (id: string): string => id.replaceAll('_', ' ')
