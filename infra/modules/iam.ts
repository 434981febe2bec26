import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; keyArn: string; databaseSecretArn?: string}

/** Every role of the environment; none may do more than its work. */
export class Iam extends Construct {
  readonly executionRoleArn: string = ''
  readonly taskRoleArn: string = ''
  readonly codedeployRoleArn: string = ''
  readonly hookRoleArn: string = ''

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'iam')
    void this.props
  }
}
