import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; subnets: string[]; group: string; listenerArn: string; keyArn: string}

/** An HTTP API in front of the load balancer. */
export class ApiGateway extends Construct {
  readonly endpoint: string = ''

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'api_gateway')
    void this.props
  }
}
