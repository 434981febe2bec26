import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; vpcId: string; natAddresses: string[]}

/** Who may talk to whom: a group for each tier, and rules that name both ends. */
export class Security extends Construct {
  readonly loadBalancerGroup: string = ''
  readonly serviceGroup: string = ''
  readonly databaseGroup: string = ''
  readonly hooksGroup: string = ''
  readonly endpointsGroup: string = ''

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'security')
    void this.props
  }
}
