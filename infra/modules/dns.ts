import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'
import type {LoadBalancer} from './ecs.js'

type Props = {settings: StackSettings; domain: NonNullable<StackSettings['environment']['domain']>}

/** The name of the service, and the certificate for it. */
export class Dns extends Construct {
  /** Of the certificate once AWS has validated it. */
  readonly certificateArn: string = ''
  readonly url: string = ''

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'dns')
    void this.props
  }

  pointTo(_: LoadBalancer): void {}
}
