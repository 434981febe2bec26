import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {
  settings: StackSettings
  keyArn: string
  subnets: string[]
  group: string
  roleArn: string
  clusterName: string
  loadBalancerDnsName: string
  testPort: number
  /** Where the application answers. */
  url: string
}

/** The hooks that CodeDeploy calls while a deployment goes on. */
export class Lambda extends Construct {
  /** Function by lifecycle event, as tags of a deployment group. */
  readonly tags: Record<string, string> = {}

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'lambda')
    void this.props
  }
}
