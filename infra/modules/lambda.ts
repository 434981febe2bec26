import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {
  settings: StackSettings
  keyArn: string
  subnets: string[]
  group: string
  roleArn: string
  loadBalancerDnsName: string
  testPort: number
}

/** The hooks that CodeDeploy calls while a deployment goes on. */
export class Lambda extends Construct {
  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'lambda')
    void this.props
  }
}
