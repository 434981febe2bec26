import {Lb} from '@cdktf/provider-aws/lib/lb/index.js'
import {LbListener} from '@cdktf/provider-aws/lib/lb-listener/index.js'
import {Construct} from 'constructs'

import {stackNames, TEST_PORT} from '../../names.js'
import type {Props} from '../ecs.js'

/** What no rule claims is nobody's. CodeDeploy leaves it alone: it moves only what forwards to the group of a service. */
const NOT_FOUND = {
  type: 'fixed-response',
  fixedResponse: {contentType: 'application/json', messageBody: '{"detail":"Not Found"}', statusCode: '404'},
}

/** The load balancer that the services share: HTTPS where there is a certificate, and plain HTTP only where there is none. */
export class SharedLoadBalancer extends Construct {
  readonly lb: Lb
  readonly production: LbListener
  readonly test: LbListener

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'load_balancer')
    this.lb = new Lb(this, 'main', {
      name: stackNames(props.settings).loadBalancer,
      loadBalancerType: 'application',
      internal: false,
      subnets: props.publicSubnets,
      securityGroups: [props.loadBalancerGroup],
      dropInvalidHeaderFields: true,
      enableDeletionProtection: props.settings.environment.loadBalancer.deletionProtection,
      idleTimeout: 60,
    })
    this.production = this.listener('production', props.certificateArn ? 443 : 80)
    this.test = this.listener('test', TEST_PORT)
    if (props.certificateArn) this.redirect()
  }

  private listener(id: string, port: number): LbListener {
    const {certificateArn} = this.props
    const encryption = {protocol: 'HTTPS', sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06', certificateArn}
    return new LbListener(this, id, {
      loadBalancerArn: this.lb.arn,
      port,
      ...(certificateArn ? encryption : {protocol: 'HTTP'}),
      defaultAction: [NOT_FOUND],
    })
  }

  /** After the listener for production, which has let go of port 80 by then when a certificate comes later. */
  private redirect(): void {
    new LbListener(this, 'redirect', {
      loadBalancerArn: this.lb.arn,
      port: 80,
      protocol: 'HTTP',
      defaultAction: [{type: 'redirect', redirect: {port: '443', protocol: 'HTTPS', statusCode: 'HTTP_301'}}],
      dependsOn: [this.production],
    })
  }
}
