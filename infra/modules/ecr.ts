import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; keyArn: string}

/** The account's one repository of images. */
export class Ecr extends Construct {
  readonly repositoryUrl: string = ''

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'ecr')
    void this.props
  }
}
