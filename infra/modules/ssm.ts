import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; keyArn: string}

/** The parameters that the application needs: made once, with a placeholder, and never overwritten. */
export class Ssm extends Construct {
  /** Names of variables with the parameters they come from. */
  readonly secrets: {name: string; valueFrom: string}[] = []

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'ssm')
    void this.props
  }
}
