import {
  type CodeDeployClient,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy'

/** What CodeDeploy invokes a hook with, and what Lambda gives beside it. */
export type HookEvent = {DeploymentId: string; LifecycleEventHookExecutionId: string}
export type Context = {getRemainingTimeInMillis(): number}

export type Clock = {now(): number; sleep(ms: number): Promise<void>}

export type Deployment = {id: string; application: string; appSpec(): Promise<AppSpec>}

export type AppSpec = {
  taskDefinition: string
  container: string
  network?: {Subnets: string[]; SecurityGroups: string[]; AssignPublicIp: string}
}

/** Comes back with what it saw when all is well, and throws what is not, until the time is over. */
export type Work = (deployment: Deployment, until: number) => Promise<string>

export const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

/** The SDK alone would wait for an answer until the function's time is over. */
export const limits = {requestHandler: {connectionTimeout: 3000, requestTimeout: 10_000}}

/** Kept to report the result: for one that never comes CodeDeploy waits an hour. */
const TO_REPORT = 10_000

/** A hook function: does the work, says why in one line of its log, and always tells CodeDeploy how it went. */
export const hook =
  (codedeploy: CodeDeployClient, work: Work, time: Clock = clock) =>
  async (event: HookEvent, context: Context) => {
    const {DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId} = event
    const until = time.now() + context.getRemainingTimeInMillis() - TO_REPORT
    const {status, why} = await verdict(codedeploy, deploymentId, work, until)
    console.log(JSON.stringify({deploymentId, status, why}))
    await codedeploy.send(
      new PutLifecycleEventHookExecutionStatusCommand({deploymentId, lifecycleEventHookExecutionId, status}),
    )
    return {status, why}
  }

async function verdict(codedeploy: CodeDeployClient, id: string, work: Work, until: number) {
  try {
    const {deploymentInfo} = await codedeploy.send(new GetDeploymentCommand({deploymentId: id}))
    const {applicationName: application = '', creator, revision} = deploymentInfo ?? {}
    // The old version has been checked before, and nothing may keep it from coming back: an old migration would fail.
    if (creator === 'codeDeployRollback') return {status: 'Succeeded', why: 'a rollback is not checked'} as const
    const appSpec = async () => parsed(await contentOf(codedeploy, application, revision?.appSpecContent))
    return {status: 'Succeeded', why: await work({id, application, appSpec}, until)} as const
  } catch (error) {
    return {status: 'Failed', why: error instanceof Error ? `${error.name}: ${error.message}` : String(error)} as const
  }
}

/** GetDeployment names an AppSpec by its sha256 alone; only the application's revision has its text. */
async function contentOf(codedeploy: CodeDeployClient, applicationName: string, appSpecContent?: object) {
  const command = new GetApplicationRevisionCommand({
    applicationName,
    revision: {revisionType: 'AppSpecContent', appSpecContent},
  })
  const {revision} = await codedeploy.send(command)
  return revision?.appSpecContent?.content ?? ''
}

function parsed(content: string): AppSpec {
  const {Properties} = JSON.parse(content).Resources[0].TargetService
  return {
    taskDefinition: Properties.TaskDefinition,
    container: Properties.LoadBalancerInfo.ContainerName,
    network: Properties.NetworkConfiguration?.AwsvpcConfiguration,
  }
}
