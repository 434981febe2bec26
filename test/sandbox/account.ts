import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {ApplicationAutoScalingClient} from '@aws-sdk/client-application-auto-scaling'
import {CloudWatchClient} from '@aws-sdk/client-cloudwatch'
import {CloudWatchLogsClient} from '@aws-sdk/client-cloudwatch-logs'
import {
  CodeDeployClient,
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  GetDeploymentCommand,
  GetDeploymentTargetCommand,
} from '@aws-sdk/client-codedeploy'
import {DynamoDBClient} from '@aws-sdk/client-dynamodb'
import {ECRClient} from '@aws-sdk/client-ecr'
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs'
import {
  DescribeListenersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import {S3Client} from '@aws-sdk/client-s3'
import {STSClient} from '@aws-sdk/client-sts'
import {openSandbox, type Sandbox} from '../../src/sandbox/sandbox.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

export const cluster = 'fastapi-bootstrap-sandbox'
export const service = 'fastapi-bootstrap-v1-sandbox'
export const registry = '000000000000.dkr.ecr.us-east-1.amazonaws.com/fastapi-bootstrap'
export const inGroup = {applicationName: service, deploymentGroupName: service}
export const targetId = `${cluster}:${service}`

export const stateFile = () => path.join(mkdtempSync(path.join(tmpdir(), 'fb-sandbox-')), 'state', 'sandbox.json')

/** A sandbox whose clock only moves when told to. */
export function manual(file = stateFile()): Sandbox {
  const sandbox = openSandbox({file})
  sandbox.reset({speed: 0})
  return sandbox
}

export type Transport = {requestHandler: Sandbox['requestHandler']} | {endpoint: string}

export function clientsOf(transport: Transport) {
  const config = {
    region: 'us-east-1',
    credentials: {accessKeyId: 'sandbox', secretAccessKey: 'sandbox'},
    maxAttempts: 1,
    // Live Tail puts `stream-` before the host, and a port of this machine has no such name.
    disableHostPrefix: 'endpoint' in transport,
    ...(transport as {requestHandler: never}),
  }
  return {
    autoscaling: new ApplicationAutoScalingClient(config),
    cloudwatch: new CloudWatchClient(config),
    codedeploy: new CodeDeployClient(config),
    dynamodb: new DynamoDBClient(config),
    ecr: new ECRClient(config),
    ecs: new ECSClient(config),
    elbv2: new ElasticLoadBalancingV2Client(config),
    logs: new CloudWatchLogsClient(config),
    // A port of this machine has no name for each bucket.
    s3: new S3Client({...config, forcePathStyle: 'endpoint' in transport}),
    sts: new STSClient(config),
  }
}

export type Clients = ReturnType<typeof clientsOf>

async function registerImage({ecs}: Clients, image: string): Promise<string> {
  const {taskDefinition} = await ecs.send(new DescribeTaskDefinitionCommand({taskDefinition: service}))
  const {
    taskDefinitionArn: _,
    revision,
    status,
    requiresAttributes,
    compatibilities,
    registeredAt,
    ...rest
  } = taskDefinition!
  const [container] = rest.containerDefinitions!
  const input = {...rest, registeredBy: undefined, containerDefinitions: [{...container, image}]}
  const answer = await ecs.send(new RegisterTaskDefinitionCommand(input as RegisterTaskDefinitionCommandInput))
  return answer.taskDefinition!.taskDefinitionArn!
}

export const appSpec = (taskDefinition: string, container = 'fastapi-bootstrap-v1', port = 8000) =>
  JSON.stringify({
    version: 0,
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: taskDefinition,
            LoadBalancerInfo: {ContainerName: container, ContainerPort: port},
          },
        },
      },
    ],
  })

export const revisionOf = (content: string) => ({
  revisionType: 'AppSpecContent' as const,
  appSpecContent: {content},
})

export async function deployImage(clients: Clients, image: string, more: Partial<CreateDeploymentCommandInput> = {}) {
  const arn = await registerImage(clients, image)
  const input = {...inGroup, revision: revisionOf(appSpec(arn)), ...more}
  const {deploymentId} = await clients.codedeploy.send(new CreateDeploymentCommand(input))
  return deploymentId!
}

export const deployTag = (clients: Clients, tag: string, more: Partial<CreateDeploymentCommandInput> = {}) =>
  deployImage(clients, `${registry}:${tag}`, more)

/** What the four services say at one moment, in the words of the recorded run. */
export async function look({codedeploy, ecs, elbv2}: Clients, deploymentId: string) {
  const {deploymentInfo} = await codedeploy.send(new GetDeploymentCommand({deploymentId}))
  const target = await codedeploy
    .send(new GetDeploymentTargetCommand({deploymentId, targetId}))
    .catch((error: Error) => error)
  const {services} = await ecs.send(new DescribeServicesCommand({cluster, services: [service]}))
  const {TargetGroups} = await elbv2.send(new DescribeTargetGroupsCommand({}))
  const {Listeners} = await elbv2.send(
    new DescribeListenersCommand({LoadBalancerArn: TargetGroups![0]!.LoadBalancerArns![0]}),
  )
  const forwards = (port: number) =>
    Listeners!.find((one) => one.Port === port)?.DefaultActions?.[0]?.ForwardConfig?.TargetGroups ?? []
  const health = await Promise.all(
    TargetGroups!.map((group) => elbv2.send(new DescribeTargetHealthCommand({TargetGroupArn: group.TargetGroupArn}))),
  )
  const ecsTarget = target instanceof Error ? undefined : target.deploymentTarget!.ecsTarget!
  return {
    info: deploymentInfo!,
    error: target instanceof Error ? target : undefined,
    target: ecsTarget,
    events: ecsTarget?.lifecycleEvents?.map((event) => event.status!) ?? [],
    service: services![0]!,
    sets: services![0]!.taskSets!,
    prod: forwards(443),
    test: forwards(9443),
    health: TargetGroups!.map((group, i) => ({
      group: group.TargetGroupArn!,
      states: health[i]!.TargetHealthDescriptions!.map((one) => one.TargetHealth!.State!),
      reasons: health[i]!.TargetHealthDescriptions!.map((one) => one.TargetHealth!.Reason),
    })),
  }
}

export type Look = Awaited<ReturnType<typeof look>>

/** Traffic of a deployment's own task set and of the one before it, from the listener. */
export function weights({prod, sets}: Look, deploymentId: string) {
  const green = sets.find((set) => set.externalId === deploymentId)?.loadBalancers?.[0]?.targetGroupArn
  const onGreen = prod.find((one) => one.TargetGroupArn === green)?.Weight ?? 0
  return {green: onGreen, blue: prod.reduce((sum, one) => sum + one.Weight!, 0) - onGreen}
}
