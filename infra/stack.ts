import {AwsProvider} from '@cdktf/provider-aws/lib/provider/index.js'
import {type TerraformElement, TerraformOutput, TerraformStack} from 'cdktf'
import type {Construct} from 'constructs'

import {ApiGateway} from './modules/api_gateway.js'
import {Budget} from './modules/budget.js'
import {CodeDeploy} from './modules/codedeploy.js'
import {Database} from './modules/database.js'
import {Dns} from './modules/dns.js'
import {Ecr} from './modules/ecr.js'
import {Ecs} from './modules/ecs.js'
import {GitHub} from './modules/github.js'
import {Iam} from './modules/iam.js'
import {Kms} from './modules/kms.js'
import {Lambda} from './modules/lambda.js'
import {Monitoring} from './modules/monitoring.js'
import {Security} from './modules/security.js'
import {Ssm} from './modules/ssm.js'
import {Vpc} from './modules/vpc.js'
import {Waf} from './modules/waf.js'
import type {StackSettings} from './settings.js'

/** The id that a module gives a resource is its address: moving it to another file changes nothing in AWS. */
abstract class Stack extends TerraformStack {
  constructor(
    scope: Construct,
    protected readonly settings: StackSettings,
  ) {
    super(scope, settings.environment.name)
    const {app, environment, account} = settings
    const {name, region, endpoints} = environment
    const tags = {app, environment: name, 'managed-by': 'fb'}
    new AwsProvider(this, 'aws', {
      region,
      allowedAccountIds: [account],
      defaultTags: [{tags}],
      endpoints: endpoints && [endpoints],
      // Emulators mostly have one host name for all buckets, and no metadata service. What they do not play they answer
      // with 500, and the provider would ask 25 times, for minutes.
      ...(endpoints ? {s3UsePathStyle: true, skipMetadataApiCheck: 'true', maxRetries: 1} : {}),
    })
  }

  protected override allocateLogicalId(element: TerraformElement): string {
    return element.node.id
  }

  protected output(name: string, value: string, description: string): void {
    new TerraformOutput(this, name, {value, description})
  }
}

/** What the environments of an account share. */
export class SharedStack extends Stack {
  constructor(scope: Construct, settings: StackSettings) {
    super(scope, settings)
    const kms = new Kms(this, settings)
    const ecr = new Ecr(this, {settings, keyArn: kms.arn})
    if (settings.environment.github) new GitHub(this)
    if (settings.environment.budget) new Budget(this, {settings, keyArn: kms.arn})
    this.output('repository_url', ecr.repositoryUrl, 'Where images are pushed')
  }
}

/** Everything of one environment: a module takes what it needs and hands on what others need. */
export class EnvironmentStack extends Stack {
  constructor(scope: Construct, settings: StackSettings) {
    super(scope, settings)
    const {environment} = settings
    const {arn: keyArn} = new Kms(this, settings)
    const vpc = new Vpc(this, {settings, keyArn})
    const security = new Security(this, {settings, vpcId: vpc.id, natAddresses: vpc.natAddresses})
    const {privateSubnets} = vpc
    if (environment.network.interfaceEndpoints) vpc.addInterfaceEndpoints(security.endpointsGroup)

    const database =
      environment.database &&
      new Database(this, {settings, keyArn, subnets: vpc.databaseSubnets, group: security.databaseGroup})
    const ssm = new Ssm(this, {settings, keyArn})
    const iam = new Iam(this, {settings, keyArn, databaseSecretArn: database?.secretArn})
    const dns = environment.domain && new Dns(this, {settings, domain: environment.domain})

    const ecs = new Ecs(this, {
      settings,
      keyArn,
      vpcId: vpc.id,
      publicSubnets: vpc.publicSubnets,
      privateSubnets,
      loadBalancerGroup: security.loadBalancerGroup,
      serviceGroup: security.serviceGroup,
      certificateArn: dns?.certificateArn ?? environment.loadBalancer.certificate,
      executionRoleArn: iam.executionRoleArn,
      taskRoleArn: iam.taskRoleArn,
      secrets: [...ssm.secrets, ...(database?.secrets ?? [])],
      variables: database?.variables ?? {},
    })
    const {clusterName, services, loadBalancer, listenerArn, testListenerArn} = ecs
    dns?.pointTo(loadBalancer)
    new Waf(this, {settings, keyArn, loadBalancerArn: loadBalancer.arn})
    const {topicArn, deploymentAlarms} = new Monitoring(this, {
      settings,
      keyArn,
      clusterName,
      loadBalancer,
      services,
      databaseIdentifier: database?.identifier,
    })
    const url = dns?.url ?? ecs.url
    const hooks = new Lambda(this, {
      settings,
      keyArn,
      subnets: privateSubnets,
      group: security.hooksGroup,
      roleArn: iam.hookRoleArn,
      migrationRoleArn: iam.migrationRoleArn,
      clusterName,
      testPort: ecs.testPort,
      url,
    })
    new CodeDeploy(this, {
      settings,
      roleArn: iam.codedeployRoleArn,
      clusterName,
      services,
      listenerArn,
      testListenerArn,
      alarms: deploymentAlarms,
      topicArn,
      tags: hooks.tags,
    })
    const group = security.apiGroup
    const api =
      environment.apiGateway && new ApiGateway(this, {settings, keyArn, subnets: privateSubnets, group, listenerArn})
    this.output('url', url, 'Where the application answers')
    if (iam.deployRoleArn) this.output('deploy_role', iam.deployRoleArn, 'The role that workflows of GitHub take')
    if (api) this.output('api_url', api.endpoint, 'Where the HTTP API answers')
  }
}
