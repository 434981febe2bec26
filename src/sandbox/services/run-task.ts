import type * as ecs from '@aws-sdk/client-ecs'
import {ClientException, InvalidParameterException, RunTask$, StopTask$} from '@aws-sdk/client-ecs'
import type {Account} from '../account.js'
import {rehearsalOf} from '../create.js'
import {activeFault} from '../faults.js'
import {type Handlers, saying} from '../handlers.js'
import {exitCodeOf, oneOffTasks, stopOneOff} from '../one-off.js'
import type {TaskDefinitionRecord} from '../state.js'
import {inCluster} from './cluster.js'
import {findTaskDefinition} from './task-definitions.js'
import {taskShape} from './tasks.js'

export const schemas = {RunTask$, StopTask$}

export const handlers: Handlers<typeof ecs, typeof schemas> = {
  RunTask(input, account) {
    inCluster(account, input.cluster)
    const task = runnable(account, input)
    return account.record((inside) => {
      const {state, now} = inside
      state.runs ??= []
      const before = input.clientToken ? state.runs.findIndex((run) => run.input.clientToken === input.clientToken) : -1
      const rehearsal = rehearsalOf(inside, task)
      const told = activeFault(state.faults, 'run-fails', now)?.argument
      const exitCode = told ? Number(told) : exitCodeOf(input)
      const first = before >= 0 ? before : state.runs.length
      if (before < 0)
        for (let i = 0; i < (input.count ?? 1); i++)
          state.runs.push({at: now, taskDefinition: task.arn, rehearsal, input, exitCode})
      const started = oneOffTasks(state).slice(first, first + (input.count ?? 1))
      return {tasks: started.map((one) => taskShape(inside, one)), failures: []}
    })
  },
  StopTask({cluster, task: name, reason = 'Task stopped by user'}, account) {
    inCluster(account, cluster)
    return account.record((inside) => {
      const stopped = stopOneOff(inside.state, name!.split('/').at(-1)!, {at: inside.now, reason})
      if (!stopped) throw new InvalidParameterException(saying('The referenced task was not found.'))
      return {task: taskShape(inside, stopped)}
    })
  },
}

function runnable({state}: Account, input: ecs.RunTaskCommandInput): TaskDefinitionRecord {
  const {taskDefinition, networkConfiguration, launchType, capacityProviderStrategy, overrides} = input
  const task = findTaskDefinition(state, taskDefinition!)
  if (!task) throw new ClientException(saying('TaskDefinition not found.'))
  if (task.inactive) throw new ClientException(saying('TaskDefinition is inactive'))
  const refuse = (text: string) => {
    throw new InvalidParameterException(saying(text))
  }
  if (launchType !== 'FARGATE' && !capacityProviderStrategy?.length)
    refuse('No Container Instances were found in your cluster.')
  if (!networkConfiguration?.awsvpcConfiguration?.subnets?.length)
    refuse("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
  const known = task.input.containerDefinitions?.map(({name}) => name)
  const foreign = overrides?.containerOverrides?.find(({name}) => !known?.includes(name))
  if (foreign) refuse(`Override for container named ${foreign.name} is not a container in the TaskDefinition.`)
  return task
}
