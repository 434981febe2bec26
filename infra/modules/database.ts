import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; keyArn: string; subnets: string[]; group: string}

/** PostgreSQL in RDS, whose master password nobody ever sees. */
export class Database extends Construct {
  /** What a task needs to reach it, as it is, and what it gets as secrets. */
  readonly variables: Record<string, string> = {}
  readonly secrets: {name: string; valueFrom: string}[] = []
  readonly secretArn: string = ''
  /** As CloudWatch names it. */
  readonly identifier: string = ''

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'database')
    void this.props
  }
}
