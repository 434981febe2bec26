import {InvalidECSServiceException, InvalidRevisionException} from '@aws-sdk/client-codedeploy'
import type {Account} from '../account.js'
import {saying} from '../handlers.js'
import {hookEvents} from '../plan.js'
import type {TaskDefinitionRecord} from '../state.js'
import {findTaskDefinition} from './task-definitions.js'

type Node = Record<string, unknown>

/** AppSpec keys are looked up without regard to case, as AWS's own tools do. */
function get(node: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>((at, key) => {
    if (typeof at !== 'object' || at === null) return undefined
    return Object.entries(at as Node).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
  }, node)
}

const refuse = (text: string): never => {
  throw new InvalidRevisionException(saying(text))
}

/** Reads an AppSpec in JSON and checks it against the account; the answer is the task definition it deploys. */
export function taskDefinitionOf(account: Account, content: string): TaskDefinitionRecord {
  const resources = get(parse(content), 'Resources')
  if (!Array.isArray(resources) || resources.length !== 1)
    return refuse('The AppSpec file must contain exactly one resource of type TargetService.')
  const service = Object.values(resources[0] as Node)[0]
  if (get(service, 'Type') !== 'AWS::ECS::Service') return refuse('The resource type must be AWS::ECS::Service.')
  checkHooks(get(parse(content), 'Hooks'))
  const properties = get(service, 'Properties')
  const arn = get(properties, 'TaskDefinition')
  const task = typeof arn === 'string' ? findTaskDefinition(account.state, arn) : undefined
  if (!task || task.inactive)
    return refuse(`The task definition ${arn} in the AppSpec file does not exist or is not active.`)
  checkContainer(task, get(properties, 'LoadBalancerInfo'))
  checkNetwork(get(properties, 'NetworkConfiguration', 'AwsvpcConfiguration'))
  return task
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return refuse('The AppSpec file cannot be parsed. The sandbox reads AppSpec content in JSON.')
  }
}

function checkHooks(hooks: unknown) {
  const names = Array.isArray(hooks) ? hooks.flatMap((hook) => Object.keys(hook as Node)) : []
  const unknown = names.find((name) => !hookEvents.some((event) => event === name))
  if (unknown) refuse(`The AppSpec file contains an invalid lifecycle hook: ${unknown}.`)
}

function checkContainer(task: TaskDefinitionRecord, info: unknown) {
  const [name, port] = [get(info, 'ContainerName'), get(info, 'ContainerPort')]
  const container = task.input.containerDefinitions?.find((one) => one.name === name)
  const ports = container?.portMappings?.map(({containerPort}) => containerPort)
  if (!container || !ports?.some((one) => one === port))
    throw new InvalidECSServiceException(
      saying(`The container ${name} with port ${port} does not exist in the task definition ${task.arn}.`),
    )
}

/** All or nothing (AppSpec reference for Amazon ECS). */
function checkNetwork(network: unknown) {
  if (network === undefined) return
  const missing = ['Subnets', 'SecurityGroups', 'AssignPublicIp'].filter((key) => get(network, key) === undefined)
  if (missing.length) refuse(`The network configuration in the AppSpec file lacks ${missing.join(', ')}.`)
}
