import {Apigatewayv2Api} from '@cdktf/provider-aws/lib/apigatewayv2-api/index.js'
import {Apigatewayv2Integration} from '@cdktf/provider-aws/lib/apigatewayv2-integration/index.js'
import {Apigatewayv2Route} from '@cdktf/provider-aws/lib/apigatewayv2-route/index.js'
import {Apigatewayv2Stage} from '@cdktf/provider-aws/lib/apigatewayv2-stage/index.js'
import {Apigatewayv2VpcLink} from '@cdktf/provider-aws/lib/apigatewayv2-vpc-link/index.js'
import {CloudwatchLogGroup} from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; subnets: string[]; group: string; listenerArn: string; keyArn: string}

/** One JSON line for a request. */
const LINE = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
  method: '$context.httpMethod',
  path: '$context.path',
  protocol: '$context.protocol',
  status: '$context.status',
  bytes: '$context.responseLength',
  ms: '$context.responseLatency',
  integrationStatus: '$context.integrationStatus',
  integrationMs: '$context.integrationLatency',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
}

/** An HTTP API in front of the load balancer. */
export class ApiGateway extends Construct {
  readonly endpoint: string
  private readonly name: string

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'api_gateway')
    const {app, environment} = props.settings
    this.name = `${app}-${environment.name}`
    const api = new Apigatewayv2Api(this, 'main', {name: this.name, protocolType: 'HTTP'})
    const integration = this.integration(api.id)
    new Apigatewayv2Route(this, 'everything', {
      apiId: api.id,
      routeKey: '$default',
      target: `integrations/${integration.id}`,
    })
    this.stage(api.id)
    this.endpoint = api.apiEndpoint
  }

  /** By the listener, so that blue/green deployments move these requests too. */
  private integration(apiId: string): Apigatewayv2Integration {
    const {settings, subnets, group, listenerArn} = this.props
    const {domain} = settings.environment
    const link = new Apigatewayv2VpcLink(this, 'private', {
      name: this.name,
      subnetIds: subnets,
      securityGroupIds: [group],
    })
    return new Apigatewayv2Integration(this, 'load_balancer', {
      apiId,
      integrationType: 'HTTP_PROXY',
      integrationMethod: 'ANY',
      integrationUri: listenerArn,
      connectionType: 'VPC_LINK',
      connectionId: link.id,
      payloadFormatVersion: '1.0',
      ...(domain ? {tlsConfig: {serverNameToVerify: domain.name}} : {}),
    })
  }

  private stage(apiId: string): void {
    const {apiGateway, logs} = this.props.settings.environment
    // Under this prefix the services that deliver logs need no room in the resource policy that all log groups share.
    const name = `/aws/vendedlogs/${this.name}/api`
    const {arn} = new CloudwatchLogGroup(this, 'api', {name, retentionInDays: logs.days, kmsKeyId: this.props.keyArn})
    new Apigatewayv2Stage(this, 'default', {
      apiId,
      name: '$default',
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingBurstLimit: apiGateway!.burst,
        throttlingRateLimit: apiGateway!.requestsPerSecond,
        detailedMetricsEnabled: true,
      },
      accessLogSettings: {destinationArn: arn, format: JSON.stringify(LINE)},
    })
  }
}
