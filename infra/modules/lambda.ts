import {CloudwatchLogGroup} from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import {LambdaFunction} from '@cdktf/provider-aws/lib/lambda-function/index.js'
import {Fn} from 'cdktf'
import {Construct} from 'constructs'

import {HOOK_TAG} from '../../src/config/names.js'
import {SERVICE_HEADER, serviceNames, stackNames} from '../names.js'
import type {StackSettings} from '../settings.js'
import {routes} from './ecs/routing.js'

type Props = {
  settings: StackSettings
  keyArn: string
  subnets: string[]
  group: string
  roleArn: string
  /** Of the one hook that may run tasks. */
  migrationRoleArn: string
  clusterName: string
  testPort: number
  /** Where the application answers. */
  url: string
}

type Hook = keyof ReturnType<typeof stackNames>['hooks']
type Code = {zip: 'check' | 'migration'; role: string; minutes: number; variables: Record<string, string>}

/** When CodeDeploy calls which hook. The schema comes before the first task of the new version. */
const EVENTS = {
  migration: 'BeforeInstall',
  validation: 'AfterAllowTestTraffic',
  production: 'AfterAllowTraffic',
} as const

/** The hooks that CodeDeploy calls while a deployment goes on. */
export class Lambda extends Construct {
  /** Function by lifecycle event, as tags of a deployment group. */
  readonly tags: Record<string, string> = {}

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'lambda')
    const {settings, url, testPort, clusterName: CLUSTER, migrationRoleArn: role} = props
    const {migration: COMMAND} = settings.environment.hooks
    this.hook(
      'validation',
      this.checking(`${url}:${testPort}`, () => true),
    )
    this.hook('production', this.checking(url, this.leadsTo()))
    if (COMMAND) this.hook('migration', {zip: 'migration', role, minutes: 15, variables: {CLUSTER, COMMAND}})
  }

  private hook(name: Hook, {zip, role, minutes, variables}: Code): void {
    const {settings, subnets, group} = this.props
    const functionName = stackNames(settings).hooks[name]
    const filename = `${settings.hooksDirectory}/${zip}.zip`
    const {functionName: made} = new LambdaFunction(this, name, {
      functionName,
      role,
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      filename,
      sourceCodeHash: Fn.filebase64sha256(filename),
      memorySize: 256,
      timeout: minutes * 60,
      // CodeDeploy has one deployment at a time in each group.
      reservedConcurrentExecutions: Object.keys(settings.services).length,
      environment: {variables},
      vpcConfig: {subnetIds: subnets, securityGroupIds: [group]},
      dependsOn: [this.logGroup(name, functionName)],
    })
    this.tags[`${HOOK_TAG}${EVENTS[name]}`] = made
  }

  /** Ours before Lambda writes to it: a group it makes by itself never expires. */
  private logGroup(id: Hook, functionName: string): CloudwatchLogGroup {
    const {settings, keyArn} = this.props
    return new CloudwatchLogGroup(this, `${id}_hook`, {
      name: `/aws/lambda/${functionName}`,
      retentionInDays: settings.environment.logs.days,
      kmsKeyId: keyArn,
    })
  }

  /** Each service's health and, when the smoke path is its own, that too. */
  private checking(url: string, leads: (service: string, path: string) => boolean): Code {
    const {settings} = this.props
    const {smokePath} = settings.environment.hooks
    const own = this.leadsTo()
    const checks = Object.entries(settings.services).map(([service, {health}]) => {
      const smoke = smokePath && own(service, smokePath) ? [smokePath] : []
      const paths = [health, ...smoke].filter((path) => leads(service, path))
      return [serviceNames(settings, service).codedeployApplication, {headers: {[SERVICE_HEADER]: service}, paths}]
    })
    return {
      zip: 'check',
      role: this.props.roleArn,
      minutes: 3,
      variables: {URL: url, CHECKS: JSON.stringify(Object.fromEntries(checks))},
    }
  }

  /** In production a path leads to the service that claims it; only the test listener knows services by name. */
  private leadsTo(): (service: string, path: string) => boolean {
    const all = routes(this.props.settings.services)
    return (service, path) => all[service]!.paths.some((pattern) => matches(pattern, path))
  }
}

/** As the load balancer matches: `*` for any characters, `?` for one. */
function matches(pattern: string, path: string): boolean {
  const literal = (text: string) => text.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${literal(pattern).replaceAll('*', '.*').replaceAll('?', '.')}$`).test(path.split('?')[0]!)
}
