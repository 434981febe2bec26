import {
  type Container,
  DescribeTasksCommand,
  type ECSClient,
  RunTaskCommand,
  type RunTaskCommandInput,
  type Task,
} from '@aws-sdk/client-ecs'

import {type AppSpec, type Clock, clock, type Work} from './hook.js'

const PAUSE = 5000

type Wanted = {cluster: string; command: string}

/** Runs the command once on the new task definition, in the service's own network, and waits for its end. */
export const migrate =
  (ecs: ECSClient, {cluster, command}: Wanted, time: Clock = clock): Work =>
  async (deployment, until) => {
    const appSpec = await deployment.appSpec()
    const {tasks = [], failures = []} = await ecs.send(
      // The token makes a second invocation for the same deployment find the first one's task instead of starting another.
      new RunTaskCommand({...taskFor(appSpec, command), cluster, clientToken: deployment.id, startedBy: deployment.id}),
    )
    const {taskArn} = tasks[0] ?? refuse(`no task was started: ${failures.map(({reason}) => reason).join(', ')}`)
    for (;;) {
      const answer = await ecs.send(new DescribeTasksCommand({cluster, tasks: [taskArn!]}))
      const task = answer.tasks?.[0]
      if (task?.lastStatus === 'STOPPED') return judge(task, appSpec.container, command)
      if (time.now() + PAUSE > until) refuse(`${taskArn} still runs ${command}; it was left alone`)
      await time.sleep(PAUSE)
    }
  }

function taskFor({taskDefinition, container, network}: AppSpec, command: string): RunTaskCommandInput {
  if (!network) return refuse('the AppSpec has no NetworkConfiguration')
  return {
    taskDefinition,
    launchType: 'FARGATE',
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: network.Subnets,
        securityGroups: network.SecurityGroups,
        assignPublicIp: network.AssignPublicIp === 'ENABLED' ? 'ENABLED' : 'DISABLED',
      },
    },
    overrides: {containerOverrides: [{name: container, command: ['/bin/sh', '-c', command]}]},
  }
}

function judge({taskArn, containers = [], stoppedReason}: Task, name: string, command: string): string {
  const {exitCode, reason}: Container = containers.find((container) => container.name === name) ?? {}
  if (exitCode === 0) return `${command} ended well in ${taskArn}`
  const because = [reason, stoppedReason].filter(Boolean).join('; ')
  return refuse(`${command} ended with ${exitCode ?? 'no exit code'} in ${taskArn}: ${because}`)
}

function refuse(why: string): never {
  throw new Error(why)
}
