import {
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  ListTagsForResourceCommand,
  RegisterScalableTargetCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-application-auto-scaling'
import {
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ResourceNotFound,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import {
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeQueriesCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  GetQueryResultsCommand,
  ResourceNotFoundException,
  StartLiveTailCommand,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import * as codedeploy from '@aws-sdk/client-codedeploy'
import * as ecr from '@aws-sdk/client-ecr'
import * as ecs from '@aws-sdk/client-ecs'
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2'
import {GetCallerIdentityCommand, GetSessionTokenCommand} from '@aws-sdk/client-sts'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Handlers} from '../../src/sandbox/handlers.js'
import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {serve} from '../../src/sandbox/serve.js'
import {hookExecutionId} from '../../src/sandbox/services/hooks.js'
import type {WireRequest} from '../../src/sandbox/wire.js'
import {
  appSpec,
  type Clients,
  clientsOf,
  cluster,
  deployTag,
  inGroup,
  manual,
  registry,
  revisionOf,
  service,
  targetId,
} from './account.js'

const called = new Set<string>()

function noted(request: WireRequest): WireRequest {
  const target = request.headers['x-amz-target'] as string | undefined
  called.add(target?.split('.')[1] ?? new URLSearchParams(String(request.body)).get('Action') ?? '')
  return request
}

const open: Record<string, (sandbox: Sandbox) => Promise<{clients: Clients; close?: () => Promise<void>}>> = {
  'in process': async (sandbox) => ({clients: clientsOf(sandbox)}),
  'over HTTP': async (sandbox) => {
    const {url, close} = await serve({handle: (request) => sandbox.handle(noted(request))}, 0)
    return {clients: clientsOf({endpoint: url}), close}
  },
}

describe.each(Object.keys(open))('%s', (name) => {
  let sandbox: Sandbox
  let clients: Clients
  let close: (() => Promise<void>) | undefined
  let deploymentId: string

  beforeAll(async () => {
    sandbox = manual()
    ;({clients, close} = await open[name]!(sandbox))
    deploymentId = await deployTag(clients, '1.1.0')
    sandbox.advance(300_000)
  })
  afterAll(() => close?.())

  const fails = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: Error) => error,
    )

  test('the caller is the sandbox account', async () => {
    const {Account, Arn} = await clients.sts.send(new GetCallerIdentityCommand({}))
    expect([Account, Arn]).toEqual(['000000000000', 'arn:aws:sts::000000000000:assumed-role/sandbox/you'])
  })

  test('the cluster and its service are found, others are MISSING', async () => {
    const {clusters, failures} = await clients.ecs.send(new ecs.DescribeClustersCommand({clusters: [cluster, 'other']}))
    expect(clusters![0]).toMatchObject({status: 'ACTIVE', runningTasksCount: 4})
    expect(failures).toEqual([{arn: 'arn:aws:ecs:us-east-1:000000000000:cluster/other', reason: 'MISSING'}])
    const {serviceArns} = await clients.ecs.send(new ecs.ListServicesCommand({cluster}))
    const described = await clients.ecs.send(
      new ecs.DescribeServicesCommand({cluster, services: [serviceArns![0]!, 'no'], include: ['TAGS']}),
    )
    expect(described.services![0]).toMatchObject({
      serviceName: service,
      status: 'ACTIVE',
      desiredCount: 2,
      runningCount: 4,
      deploymentController: {type: 'CODE_DEPLOY'},
      deployments: [],
      tags: [{key: 'Application'}],
    })
    expect(described.services![0]!.createdAt).toBeInstanceOf(Date)
    expect(described.failures![0]!.reason).toBe('MISSING')
    const missing = await fails(
      clients.ecs.send(new ecs.DescribeServicesCommand({cluster: 'other', services: [service]})),
    )
    expect(missing).toBeInstanceOf(ecs.ClusterNotFoundException)
    const {taskSets} = await clients.ecs.send(new ecs.DescribeTaskSetsCommand({cluster, service}))
    expect(taskSets!.map((set) => [set.status, set.startedBy])).toEqual([
      ['PRIMARY', 'CODE_DEPLOY'],
      ['ACTIVE', 'CODE_DEPLOY'],
    ])
  })

  test('task definitions are registered, described with tags, and listed in pages', async () => {
    const described = await clients.ecs.send(
      new ecs.DescribeTaskDefinitionCommand({taskDefinition: `${service}:3`, include: ['TAGS']}),
    )
    expect(described.taskDefinition).toMatchObject({family: service, revision: 3, status: 'ACTIVE', cpu: '512'})
    expect(described.tags).toContainEqual({key: 'Version', value: '1.0.0'})
    const page = await clients.ecs.send(
      new ecs.ListTaskDefinitionsCommand({familyPrefix: service, sort: 'DESC', maxResults: 3}),
    )
    const next = await clients.ecs.send(
      new ecs.ListTaskDefinitionsCommand({
        familyPrefix: service,
        sort: 'DESC',
        maxResults: 3,
        nextToken: page.nextToken,
      }),
    )
    const revisions = [...page.taskDefinitionArns!, ...next.taskDefinitionArns!].map((arn) => arn.split(':').at(-1))
    expect(revisions).toEqual(['4', '3', '2', '1'])
    expect(next.nextToken).toBeUndefined()
    const inactive = await clients.ecs.send(new ecs.ListTaskDefinitionsCommand({status: 'INACTIVE'}))
    expect(inactive.taskDefinitionArns).toEqual([])
    const unknown = await fails(clients.ecs.send(new ecs.DescribeTaskDefinitionCommand({taskDefinition: 'nope'})))
    expect(unknown).toBeInstanceOf(ecs.ClientException)
    const tag = (resourceArn: string) =>
      clients.ecs.send(new ecs.TagResourceCommand({resourceArn, tags: [{key: 'Version', value: 'x'}]}))
    await tag(described.taskDefinition!.taskDefinitionArn!)
    const tagged = await clients.ecs.send(
      new ecs.DescribeTaskDefinitionCommand({taskDefinition: `${service}:3`, include: ['TAGS']}),
    )
    expect(tagged.tags!.filter(({key}) => key === 'Version')).toEqual([{key: 'Version', value: 'x'}])
    expect(await fails(tag('arn:aws:ecs:us-east-1:000000000000:task-definition/nope:1'))).toBeInstanceOf(
      ecs.InvalidParameterException,
    )
    const gone = await clients.ecs.send(new ecs.DeregisterTaskDefinitionCommand({taskDefinition: `${service}:2`}))
    expect(gone.taskDefinition).toMatchObject({revision: 2, status: 'INACTIVE'})
    expect(
      (await clients.ecs.send(new ecs.ListTaskDefinitionsCommand({status: 'INACTIVE'}))).taskDefinitionArns,
    ).toEqual([gone.taskDefinition!.taskDefinitionArn])
    const sized = await fails(
      clients.ecs.send(
        new ecs.RegisterTaskDefinitionCommand({
          family: 'x',
          containerDefinitions: [{name: 'a', image: 'b'}],
          requiresCompatibilities: ['FARGATE'],
          networkMode: 'awsvpc',
          cpu: '512',
          memory: '64',
        }),
      ),
    )
    expect(sized?.message).toBe('No Fargate configuration exists for given values: 512 CPU, 64 memory.')
  })

  test('tasks are listed by task set and described', async () => {
    const {taskSets} = await clients.ecs.send(new ecs.DescribeTaskSetsCommand({cluster, service}))
    const green = taskSets!.find((set) => set.externalId === deploymentId)!.id
    const {taskArns} = await clients.ecs.send(new ecs.ListTasksCommand({cluster, startedBy: green}))
    expect(taskArns).toHaveLength(2)
    const all = await clients.ecs.send(new ecs.ListTasksCommand({cluster, serviceName: service, family: service}))
    expect(all.taskArns).toHaveLength(4)
    const stopped = await clients.ecs.send(new ecs.ListTasksCommand({cluster, desiredStatus: 'STOPPED'}))
    expect(stopped.taskArns).toEqual([])
    const {tasks, failures} = await clients.ecs.send(
      new ecs.DescribeTasksCommand({cluster, tasks: [taskArns![0]!, 'gone']}),
    )
    expect(tasks![0]).toMatchObject({
      lastStatus: 'RUNNING',
      startedBy: green,
      containers: [{image: `${registry}:1.1.0`}],
    })
    expect(tasks![0]!.containers![0]!.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(failures![0]!.reason).toBe('MISSING')
  })

  test('only CodeDeploy may change the task definition of the service; the desired count is free', async () => {
    const update = (input: Partial<ecs.UpdateServiceCommandInput>) =>
      clients.ecs.send(new ecs.UpdateServiceCommand({cluster, service, ...input}))
    const refused = await fails(update({taskDefinition: `${service}:3`}))
    expect(refused).toBeInstanceOf(ecs.InvalidParameterException)
    expect(refused?.message).toBe(
      'Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
    )
    expect((await fails(update({forceNewDeployment: true})))?.message).toMatch(
      /^Cannot force a new deployment on services/,
    )
    expect((await update({desiredCount: 2})).service?.desiredCount).toBe(2)
  })

  test('the repository lists its tags in pages and knows what is not there', async () => {
    const repositoryName = 'fastapi-bootstrap'
    const {repositories} = await clients.ecr.send(
      new ecr.DescribeRepositoriesCommand({repositoryNames: [repositoryName]}),
    )
    expect(repositories![0]!.repositoryUri).toBe(registry)
    const page = await clients.ecr.send(new ecr.DescribeImagesCommand({repositoryName, maxResults: 6}))
    const {imageIds} = await clients.ecr.send(new ecr.ListImagesCommand({repositoryName, maxResults: 6}))
    expect(imageIds!.map(({imageDigest}) => imageDigest)).toEqual(
      page.imageDetails!.map(({imageDigest}) => imageDigest),
    )
    const rest = await clients.ecr.send(
      new ecr.DescribeImagesCommand({repositoryName, maxResults: 6, nextToken: page.nextToken}),
    )
    expect(page.imageDetails!.length + rest.imageDetails!.length).toBe(10)
    const images = await clients.ecr.send(
      new ecr.BatchGetImageCommand({repositoryName, imageIds: [{imageTag: '1.1.0'}, {imageTag: '7'}]}),
    )
    expect(images.images![0]!.imageId!.imageDigest).toMatch(/^sha256:/)
    expect(images.failures![0]!.failureCode).toBe('ImageNotFound')
    const layerDigest = JSON.parse(images.images![0]!.imageManifest!).config.digest
    const layer = (digest: string) =>
      clients.ecr.send(new ecr.GetDownloadUrlForLayerCommand({repositoryName, layerDigest: digest}))
    const config = await fetch((await layer(layerDigest)).downloadUrl!)
    expect(await config.json()).toEqual({architecture: 'amd64', os: 'linux'})
    expect(await fails(layer('sha256:7'))).toBeInstanceOf(ecr.LayersNotFoundException)
    const scan = await clients.ecr.send(
      new ecr.DescribeImageScanFindingsCommand({repositoryName, imageId: {imageTag: '1.2.4-vulnerable'}}),
    )
    expect(scan.imageScanFindings!.findingSeverityCounts).toMatchObject({CRITICAL: 2})
    const missing = await fails(
      clients.ecr.send(new ecr.DescribeImagesCommand({repositoryName, imageIds: [{imageTag: '7'}]})),
    )
    expect(missing).toBeInstanceOf(ecr.ImageNotFoundException)
    const elsewhere = await fails(clients.ecr.send(new ecr.DescribeImagesCommand({repositoryName: 'other'})))
    expect(elsewhere).toBeInstanceOf(ecr.RepositoryNotFoundException)
  })

  test('the load balancer shows the weights CodeDeploy set, without a target group at the top level', async () => {
    const {LoadBalancers} = await clients.elbv2.send(new elbv2.DescribeLoadBalancersCommand({Names: ['v1-sandbox']}))
    const LoadBalancerArn = LoadBalancers![0]!.LoadBalancerArn
    const {TargetGroups} = await clients.elbv2.send(
      new elbv2.DescribeTargetGroupsCommand({Names: ['v1-sandbox-blue', 'v1-sandbox-green']}),
    )
    const {Listeners} = await clients.elbv2.send(new elbv2.DescribeListenersCommand({LoadBalancerArn}))
    const prod = Listeners!.find((listener) => listener.Port === 443)!
    expect(prod.DefaultActions![0]!.TargetGroupArn).toBeUndefined()
    expect(prod.DefaultActions![0]!.ForwardConfig!.TargetGroups!.map((group) => group.Weight)).toEqual([70, 30])
    const {Rules} = await clients.elbv2.send(new elbv2.DescribeRulesCommand({ListenerArn: prod.ListenerArn}))
    expect(Rules![0]).toMatchObject({Priority: 'default', IsDefault: true, Actions: prod.DefaultActions})
    const health = await clients.elbv2.send(
      new elbv2.DescribeTargetHealthCommand({TargetGroupArn: TargetGroups![0]!.TargetGroupArn}),
    )
    expect(health.TargetHealthDescriptions![0]).toMatchObject({Target: {Port: 8000}, TargetHealth: {State: 'healthy'}})
    const unknown = await fails(clients.elbv2.send(new elbv2.DescribeTargetHealthCommand({TargetGroupArn: 'nope'})))
    expect(unknown).toBeInstanceOf(elbv2.TargetGroupNotFoundException)
    const nameless = await fails(clients.elbv2.send(new elbv2.DescribeLoadBalancersCommand({Names: ['x']})))
    expect(nameless).toBeInstanceOf(elbv2.LoadBalancerNotFoundException)
  })

  test('the deployment group, its configuration and its application are described', async () => {
    const {applications} = await clients.codedeploy.send(new codedeploy.ListApplicationsCommand({}))
    const {application} = await clients.codedeploy.send(
      new codedeploy.GetApplicationCommand({applicationName: applications![0]}),
    )
    expect(application).toMatchObject({applicationName: service, computePlatform: 'ECS'})
    const {deploymentGroups} = await clients.codedeploy.send(new codedeploy.ListDeploymentGroupsCommand(inGroup))
    expect(deploymentGroups).toEqual([service])
    const {deploymentGroupInfo} = await clients.codedeploy.send(new codedeploy.GetDeploymentGroupCommand(inGroup))
    expect(deploymentGroupInfo).toMatchObject({
      autoRollbackConfiguration: {enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']},
      blueGreenDeploymentConfiguration: {terminateBlueInstancesOnDeploymentSuccess: {terminationWaitTimeInMinutes: 15}},
      ecsServices: [{clusterName: cluster, serviceName: service}],
    })
    expect(deploymentGroupInfo!.alarmConfiguration!.alarms).toHaveLength(2)
    const {deploymentConfigName} = deploymentGroupInfo!
    const config = await clients.codedeploy.send(new codedeploy.GetDeploymentConfigCommand({deploymentConfigName}))
    expect(config.deploymentConfigInfo!.trafficRoutingConfig!.timeBasedLinear).toEqual({
      linearPercentage: 10,
      linearInterval: 1,
    })
    const group = await fails(
      clients.codedeploy.send(new codedeploy.GetDeploymentGroupCommand({...inGroup, deploymentGroupName: 'x'})),
    )
    expect(group).toBeInstanceOf(codedeploy.DeploymentGroupDoesNotExistException)
    const app = await fails(clients.codedeploy.send(new codedeploy.GetApplicationCommand({applicationName: 'x'})))
    expect(app).toBeInstanceOf(codedeploy.ApplicationDoesNotExistException)
    const other = await fails(
      clients.codedeploy.send(new codedeploy.GetDeploymentConfigCommand({deploymentConfigName: 'x'})),
    )
    expect(other).toBeInstanceOf(codedeploy.DeploymentConfigDoesNotExistException)
  })

  test('deployments are listed newest first, by status and time, and their AppSpec is found by its hash', async () => {
    const list = (input: Partial<codedeploy.ListDeploymentsCommandInput>) =>
      clients.codedeploy.send(new codedeploy.ListDeploymentsCommand({...inGroup, ...input}))
    const {deployments} = await list({})
    expect(deployments![0]).toBe(deploymentId)
    expect(deployments).toHaveLength(5)
    expect((await list({includeOnlyStatuses: ['Stopped']})).deployments).toHaveLength(1)
    expect(
      (await list({createTimeRange: {end: new Date(sandbox.clock.now().getTime() - 86_400_000)}})).deployments,
    ).toHaveLength(4)
    const {deploymentsInfo} = await clients.codedeploy.send(
      new codedeploy.BatchGetDeploymentsCommand({deploymentIds: deployments}),
    )
    expect(deploymentsInfo!.map((info) => info.creator)).toContain('codeDeployRollback')
    const {revision} = deploymentsInfo!.find((info) => info.deploymentId === deploymentId)!
    expect(revision!.appSpecContent!.content).toBeUndefined()
    const found = await clients.codedeploy.send(
      new codedeploy.GetApplicationRevisionCommand({applicationName: service, revision}),
    )
    expect(JSON.parse(found.revision!.appSpecContent!.content!).Resources).toHaveLength(1)
    const batch = await clients.codedeploy.send(
      new codedeploy.BatchGetApplicationRevisionsCommand({applicationName: service, revisions: [revision!]}),
    )
    expect(batch.revisions).toHaveLength(1)
  })

  test('the one target of a deployment is cluster:service', async () => {
    const {targetIds} = await clients.codedeploy.send(new codedeploy.ListDeploymentTargetsCommand({deploymentId}))
    expect(targetIds).toEqual([targetId])
    const {deploymentTargets} = await clients.codedeploy.send(
      new codedeploy.BatchGetDeploymentTargetsCommand({deploymentId, targetIds}),
    )
    const {taskSetsInfo} = deploymentTargets![0]!.ecsTarget!
    expect(taskSetsInfo!.map((set) => [set.taskSetLabel, set.trafficWeight, set.status])).toEqual([
      ['Blue', 70, 'PRIMARY'],
      ['Green', 30, 'ACTIVE'],
    ])
    const wrong = await fails(
      clients.codedeploy.send(new codedeploy.GetDeploymentTargetCommand({deploymentId, targetId: 'x'})),
    )
    expect(wrong?.message).toBe(
      'Invalid id x for ECS deployment, valid Id should be in format <cluster-name>:<service-name>',
    )
  })

  test('a second deployment and requests out of turn are refused', async () => {
    const create = (content: string) =>
      fails(
        clients.codedeploy.send(new codedeploy.CreateDeploymentCommand({...inGroup, revision: revisionOf(content)})),
      )
    const busy = await create(appSpec(`${service}:3`))
    expect(busy).toBeInstanceOf(codedeploy.DeploymentLimitExceededException)
    expect(busy?.message).toBe(`The Deployment Group '${service}' already has an active Deployment '${deploymentId}'`)
    const early = await fails(
      clients.codedeploy.send(
        new codedeploy.ContinueDeploymentCommand({deploymentId, deploymentWaitType: 'TERMINATION_WAIT'}),
      ),
    )
    expect(early).toBeInstanceOf(codedeploy.DeploymentIsNotInReadyStateException)
    const unknown = await fails(
      clients.codedeploy.send(new codedeploy.StopDeploymentCommand({deploymentId: 'd-NONE00000'})),
    )
    expect(unknown).toBeInstanceOf(codedeploy.DeploymentDoesNotExistException)
  })

  test('alarms, metrics and scaling targets answer', async () => {
    const {MetricAlarms} = await clients.cloudwatch.send(new DescribeAlarmsCommand({}))
    expect(MetricAlarms!.map((alarm) => alarm.StateValue)).toEqual(['OK', 'OK'])
    const EndTime = sandbox.clock.now()
    const {MetricDataResults} = await clients.cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(EndTime.getTime() - 600_000),
        EndTime,
        MetricDataQueries: [
          {
            Id: 'm',
            MetricStat: {
              Metric: {Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount'},
              Period: 60,
              Stat: 'Sum',
            },
          },
        ],
      }),
    )
    expect(MetricDataResults![0]!.Values!.length).toBeGreaterThan(8)
    expect(MetricDataResults![0]!.Timestamps![0]).toBeInstanceOf(Date)
    const set = await fails(
      clients.cloudwatch.send(new SetAlarmStateCommand({AlarmName: 'x', StateValue: 'OK', StateReason: 'r'})),
    )
    expect(set).toBeInstanceOf(ResourceNotFound)
    const {ScalableTargets} = await clients.autoscaling.send(
      new DescribeScalableTargetsCommand({ServiceNamespace: 'ecs'}),
    )
    expect(ScalableTargets![0]).toMatchObject({MinCapacity: 2, MaxCapacity: 4})
    const activities = new DescribeScalingActivitiesCommand({ServiceNamespace: 'ecs'})
    expect((await clients.autoscaling.send(activities)).ScalingActivities).toEqual([])
  })

  test('autoscaling suspends what it is told to, and keeps tags', async () => {
    const {autoscaling} = clients
    const target = async () =>
      (await autoscaling.send(new DescribeScalableTargetsCommand({ServiceNamespace: 'ecs'}))).ScalableTargets![0]!
    const {ScalableTargetARN: ResourceARN, ResourceId} = await target()
    const tags = async () => (await autoscaling.send(new ListTagsForResourceCommand({ResourceARN}))).Tags
    const scaled = {ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount'} as const
    const register = (id?: string) =>
      new RegisterScalableTargetCommand({
        ...scaled,
        ResourceId: id,
        SuspendedState: {DynamicScalingInSuspended: true},
      })
    await autoscaling.send(register(ResourceId))
    expect((await target()).SuspendedState).toEqual({
      DynamicScalingInSuspended: true,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
    })
    await autoscaling.send(new TagResourceCommand({ResourceARN, Tags: {a: '1', b: '2'}}))
    await autoscaling.send(new UntagResourceCommand({ResourceARN, TagKeys: ['a']}))
    expect(await tags()).toEqual({b: '2'})
    expect(await fails(autoscaling.send(register('service/other/one')))).toMatchObject({name: 'ValidationException'})
    const elsewhere = new ListTagsForResourceCommand({ResourceARN: `${ResourceARN}0`})
    expect(await fails(autoscaling.send(elsewhere))).toMatchObject({name: 'ResourceNotFoundException'})
  })

  test('log groups, streams and events answer, in pages', async () => {
    const {logGroups} = await clients.logs.send(new DescribeLogGroupsCommand({logGroupNamePrefix: '/ecs/'}))
    const {logGroupName} = logGroups![0]!
    const {logStreams} = await clients.logs.send(
      new DescribeLogStreamsCommand({logGroupName, orderBy: 'LastEventTime', descending: true}),
    )
    expect(logStreams).toHaveLength(4)
    const {logStreamName} = logStreams![0]!
    expect(logStreamName).toMatch(/^ecs-v1\/fastapi-bootstrap-v1\/[0-9a-f]{32}$/)
    const head = await clients.logs.send(
      new GetLogEventsCommand({logGroupName, logStreamName, startFromHead: true, limit: 2}),
    )
    expect(head.events!.map((event) => event.message)).toEqual([
      'INFO:     Started server process [1]',
      'INFO:     Waiting for application startup.',
    ])
    const next = await clients.logs.send(
      new GetLogEventsCommand({
        logGroupName,
        logStreamName,
        startFromHead: true,
        limit: 1,
        nextToken: head.nextForwardToken,
      }),
    )
    expect(next.events![0]!.message).toBe('INFO:     Application startup complete.')
    const filter = {
      logGroupName,
      filterPattern: '"GET /health" 200',
      startTime: sandbox.clock.now().getTime() - 120_000,
      limit: 3,
    }
    const first = await clients.logs.send(new FilterLogEventsCommand(filter))
    const second = await clients.logs.send(new FilterLogEventsCommand({...filter, nextToken: first.nextToken}))
    expect([...first.events!, ...second.events!]).toHaveLength(6)
    expect(first.events!.at(-1)!.timestamp).toBeLessThanOrEqual(second.events![0]!.timestamp!)
    const none = await fails(clients.logs.send(new DescribeLogStreamsCommand({logGroupName: '/nope'})))
    expect(none).toBeInstanceOf(ResourceNotFoundException)
  })

  test('logs are tailed live and queried', async () => {
    const {logGroups} = await clients.logs.send(new DescribeLogGroupsCommand({logGroupNamePrefix: '/ecs/'}))
    const {logGroupName, logGroupArn} = logGroups![0]!
    const {responseStream} = await clients.logs.send(new StartLiveTailCommand({logGroupIdentifiers: [logGroupArn!]}))
    for await (const {sessionStart} of responseStream!) {
      expect(sessionStart?.sessionId).toBeDefined()
      break
    }
    const endTime = Math.floor(sandbox.clock.now().getTime() / 1000)
    const query = {logGroupName, queryString: 'stats count(*) as n', startTime: endTime - 60, endTime}
    const {queryId} = await clients.logs.send(new StartQueryCommand(query))
    expect(await clients.logs.send(new GetQueryResultsCommand({queryId}))).toMatchObject({status: 'Scheduled'})
    const {queries} = await clients.logs.send(new DescribeQueriesCommand({logGroupName, status: 'Scheduled'}))
    expect(queries).toEqual([expect.objectContaining({queryId, queryString: query.queryString})])
    expect(await clients.logs.send(new StopQueryCommand({queryId}))).toMatchObject({success: true})
  })

  test('a hook reports, and a single task is started', async () => {
    const report = {deploymentId, lifecycleEventHookExecutionId: hookExecutionId(deploymentId, 'BeforeInstall')}
    const command = new codedeploy.PutLifecycleEventHookExecutionStatusCommand({...report, status: 'Succeeded'})
    expect(await fails(clients.codedeploy.send(command))).toBeInstanceOf(
      codedeploy.LifecycleEventAlreadyCompletedException,
    )
    const {tasks} = await clients.ecs.send(
      new ecs.RunTaskCommand({
        cluster,
        taskDefinition: service,
        launchType: 'FARGATE',
        networkConfiguration: {awsvpcConfiguration: {subnets: ['subnet-1']}},
        overrides: {containerOverrides: [{name: 'fastapi-bootstrap-v1', command: ['true']}]},
      }),
    )
    expect(tasks![0]).toMatchObject({lastStatus: 'PROVISIONING', group: `family:${service}`})
    const stop = (task: string) => clients.ecs.send(new ecs.StopTaskCommand({cluster, task, reason: 'no more'}))
    expect((await stop(tasks![0]!.taskArn!)).task).toMatchObject({lastStatus: 'STOPPED', stoppedReason: 'no more'})
    expect(await fails(stop('7'))).toBeInstanceOf(ecs.InvalidParameterException)
  })

  test('applications and groups of others are made, tagged, changed and deleted', async () => {
    const {codedeploy: client} = clients
    const [applicationName, deploymentGroupName] = ['other', 'group']
    await client.send(new codedeploy.CreateApplicationCommand({applicationName, computePlatform: 'ECS'}))
    const group = {applicationName, deploymentGroupName, serviceRoleArn: 'arn:aws:iam::000000000000:role/x'}
    await client.send(new codedeploy.CreateDeploymentGroupCommand(group))
    const arns = [`${applicationName}/${deploymentGroupName}`, `${service}/${service}`].map(
      (name) => `arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:${name}`,
    )
    for (const ResourceArn of arns) {
      const Tags = ['a', 'b'].map((Key) => ({Key, Value: ResourceArn}))
      await client.send(new codedeploy.TagResourceCommand({ResourceArn, Tags}))
      await client.send(new codedeploy.UntagResourceCommand({ResourceArn, TagKeys: ['a']}))
      const answer = await client.send(new codedeploy.ListTagsForResourceCommand({ResourceArn}))
      expect(answer.Tags).toEqual([{Key: 'b', Value: ResourceArn}])
    }
    const changed = {applicationName, currentDeploymentGroupName: deploymentGroupName, newDeploymentGroupName: 'new'}
    await client.send(new codedeploy.UpdateDeploymentGroupCommand(changed))
    await client.send(new codedeploy.UpdateApplicationCommand({applicationName, newApplicationName: 'others'}))
    const place = {applicationName: 'others', deploymentGroupName: 'new'}
    expect((await client.send(new codedeploy.GetDeploymentGroupCommand(place))).deploymentGroupInfo).toMatchObject(
      place,
    )
    await client.send(new codedeploy.DeleteDeploymentGroupCommand(place))
    await client.send(new codedeploy.DeleteApplicationCommand(place))
    expect(await fails(client.send(new codedeploy.GetApplicationCommand(place)))).toBeInstanceOf(
      codedeploy.ApplicationDoesNotExistException,
    )
  })

  test('an operation that is not emulated and a missing member are said so', async () => {
    const json = await fails(clients.ecs.send(new ecs.ListClustersCommand({})))
    expect([json?.name, json?.message]).toEqual(['UnknownOperationException', 'sandbox: ListClusters is not emulated'])
    const query = await fails(clients.sts.send(new GetSessionTokenCommand({})))
    expect(query?.message).toBe('sandbox: GetSessionToken is not emulated')
    const member = await fails(clients.codedeploy.send(new codedeploy.GetDeploymentCommand({} as never)))
    expect([member?.name, member?.message]).toEqual([
      'ValidationException',
      "1 validation error detected: Value at 'deploymentId' failed to satisfy constraint: Member must not be null",
    ])
  })
})

test('these tests call every operation the sandbox emulates', async () => {
  const names = ['autoscaling', 'cloudwatch', 'codedeploy', 'ecr', 'ecs', 'elbv2', 'logs', 'sts']
  const services = await Promise.all(names.map((name) => import(`../../src/sandbox/services/${name}.ts`)))
  const emulated = services.flatMap(({schemas}) => Object.keys(schemas).map((schema) => schema.slice(0, -1)))
  expect(emulated.filter((operation) => !called.has(operation))).toEqual([])
})

test('a field the service does not have is a compile error in a handler', () => {
  type One = Handlers<typeof ecs, {DescribeServices$: unknown}>
  // @ts-expect-error: the member is called `services`
  const wrong: One = {DescribeServices: () => ({servicez: []})}
  expect(wrong).toBeDefined()
})
