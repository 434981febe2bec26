import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; loadBalancerArn: string}

/** The web application firewall before the load balancer. */
export class Waf extends Construct {
  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'waf')
    void this.props
  }
}
