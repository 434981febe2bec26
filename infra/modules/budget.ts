import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings}

/** What the account may cost, and who hears when it costs more. */
export class Budget extends Construct {
  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'budget')
    void this.props
  }
}
