import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings}

/** Lets GitHub's workflows take roles of this account, without a key. */
export class GitHub extends Construct {
  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'github')
    void this.props
  }
}
