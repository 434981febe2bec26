import {SsmParameter} from '@cdktf/provider-aws/lib/ssm-parameter/index.js'
import {Construct} from 'constructs'

import {namesOf} from '../../src/config/names.js'
import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; keyArn: string}

/** The parameters that the application needs: made once, with a placeholder, and never overwritten. */
export class Ssm extends Construct {
  /** Names of variables with the parameters they come from. */
  readonly secrets: {name: string; valueFrom: string}[]

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'ssm')
    this.parameter('log_level', {name: 'LOG_LEVEL', type: 'String', value: 'info'})
    // A database of our own is reached without any secret in its URL (database.ts); another one's URL is given by `fb params set`.
    const url = props.settings.environment.database ? [] : [this.secret('db_url', 'DB_URL')]
    this.secrets = [this.secret('secret_key', 'SECRET_KEY'), ...url]
  }

  private secret(id: string, name: string) {
    const {keyArn: keyId} = this.props
    const {arn} = this.parameter(id, {name, type: 'SecureString', keyId, value: 'CHANGE_ME'})
    return {name, valueFrom: arn}
  }

  private parameter(id: string, given: {name: string; type: string; keyId?: string; value: string}): SsmParameter {
    const {app, environment} = this.props.settings
    const {parameterPath} = namesOf({app, env: environment.name, service: ''})
    return new SsmParameter(this, id, {
      ...given,
      name: `${parameterPath}${given.name}`,
      lifecycle: {ignoreChanges: ['value', 'tier']},
    })
  }
}
