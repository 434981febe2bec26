import {IamRole} from '@cdktf/provider-aws/lib/iam-role/index.js'
import {IamRolePolicy} from '@cdktf/provider-aws/lib/iam-role-policy/index.js'
import {Construct} from 'constructs'

import {allow, type Statement, trust, trustGitHub} from '../policies.js'
import type {StackSettings} from '../settings.js'
import {arnsOf, roleName} from './iam/arns.js'
import {codedeploy} from './iam/codedeploy.js'
import {deploy} from './iam/deploy.js'
import {migrating, reporting} from './iam/hooks.js'
import {execution, task} from './iam/tasks.js'

type Props = {settings: StackSettings; keyArn: string; databaseSecretArn?: string}

/** Every role of the environment; none may do more than its work. */
export class Iam extends Construct {
  readonly executionRoleArn: string
  readonly taskRoleArn: string
  readonly codedeployRoleArn: string
  /** Of the hooks that only ask; the migration alone may run tasks. */
  readonly hookRoleArn: string
  readonly migrationRoleArn: string
  /** For the workflows of GitHub, when a repository is named. */
  readonly deployRoleArn?: string

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'iam')
    const {settings, ...keys} = props
    const {name, region, github, hooks} = settings.environment
    const arns = arnsOf(settings)
    const secrets = {region, ...keys}
    this.executionRoleArn = this.role('execution', this.trusted('ecs-tasks'), execution(arns, secrets))
    this.taskRoleArn = this.role('task', this.trusted('ecs-tasks'), task(arns, secrets))
    this.codedeployRoleArn = this.role('codedeploy', this.trusted('codedeploy'), codedeploy(arns, secrets))
    this.hookRoleArn = this.role('hooks', this.trusted('lambda'), reporting(arns, 'validation', 'production'))
    this.migrationRoleArn = hooks.migration
      ? this.role('migration', this.trusted('lambda'), [...reporting(arns, 'migration'), ...migrating(arns)])
      : ''
    if (!github) return
    this.deployRoleArn = this.role('deploy', trustGitHub(settings.account, github.repository, name), deploy(arns))
  }

  private trusted(service: string): string {
    return trust(`${service}.amazonaws.com`, this.props.settings.account)
  }

  /** The ARN comes by way of the policy, so that whoever uses the role waits until it has its rights. */
  private role(id: string, assumeRolePolicy: string, statements: Statement[]): string {
    const {settings} = this.props
    const role = new IamRole(this, id, {name: roleName(settings, id), assumeRolePolicy})
    const policy = new IamRolePolicy(this, `${id}_allowed`, {
      role: role.name,
      name: 'allowed',
      policy: allow(...statements),
    })
    return `arn:aws:iam::${settings.account}:role/${policy.role}`
  }
}
