import type {Account} from './account.js'
import {deploymentsAt, isOver, statusAt} from './deployments.js'
import {activeFault, activeFaults, type FaultRecord, faults} from './faults.js'
import {findImage} from './images.js'
import {digestOf} from './inventory.js'
import type {DeploymentRecord, TaskDefinitionRecord} from './state.js'
import {deploymentId} from './world.js'

export type Wish = Pick<
  DeploymentRecord,
  'content' | 'config' | 'description' | 'alarms' | 'ignoreAlarms' | 'rollbackOn'
>

/** Writes down what decides the deployment's course: the image's rehearsal and the faults of this moment. */
export function newDeployment(account: Account, task: TaskDefinitionRecord, wish: Wish): DeploymentRecord {
  const {state, now} = account
  const id = deploymentId(`${state.seededAt} ${state.deployments.length} ${now} ${wish.content}`)
  const slower = Number(activeFault(state.faults, 'slow-provision', now)?.argument ?? 0)
  const record: DeploymentRecord = {
    ...wish,
    id,
    at: now,
    taskDefinition: task.arn,
    sha256: digestOf(wish.content),
    rehearsal: rehearsalOf(account, task),
    // Fargate took 104 to 124 s in the recorded runs; a few seconds' difference between deployments is usual.
    installSeconds: 108 + (Number.parseInt(digestOf(id).slice(0, 4), 16) % 5) + slower,
    readyMinutes: readyMinutesOf(account),
    terminationMinutes: activeFault(state.faults, 'drained-blue', now) ? 0 : state.knobs.terminationMinutes,
    testListener: state.knobs.testListener,
    hook: hookOf(account),
    breaks: activeFaults(state.faults, now)
      .map(faultOf)
      .find((fault) => fault?.breaks)?.breaks,
  }
  state.deployments.push(record)
  return record
}

const faultOf = ({name}: FaultRecord) => faults.find((fault) => fault.name === name)
/** How long a deployment begun now would wait for approval; 0: traffic moves by itself. */
export const readyMinutesOf = ({state, now}: Account): number =>
  Number(activeFault(state.faults, 'ready-gate', now)?.argument ?? state.knobs.readyMinutes)

export function rehearsalOf({state, now, inventory}: Account, {input}: TaskDefinitionRecord): string {
  const active = activeFaults(state.faults, now).map((record) => faultOf(record)?.rehearsal)
  const container = input.containerDefinitions?.find(({name}) => name === inventory.container)
  return active.findLast((name) => name) ?? findImage(inventory, container?.image ?? '')?.rehearsal ?? 'missing'
}

function hookOf({state, now}: Account): DeploymentRecord['hook'] {
  const failing = activeFault(state.faults, 'hook-fail', now)
  const fault = failing ?? activeFault(state.faults, 'hook-silent', now)
  return fault && {event: fault.argument!, silent: !failing}
}

export const activeDeployment = ({world, now}: Account) =>
  deploymentsAt(world, now).find((deployment) => !isOver(statusAt(deployment, now)))

/** The fault `stuck-deploy`: a real deployment of the running version whose tasks take most of an hour to start. */
export function colleaguesDeployment(account: Account) {
  const {state} = account
  if (activeDeployment(account)) return
  const last = state.deployments.at(-1)!
  const task = state.taskDefinitions.find(({arn}) => arn === last.taskDefinition)!
  const {content, config, alarms, rollbackOn} = last
  const description = 'a colleague restarts the service'
  newDeployment(account, task, {content, config, alarms, rollbackOn, description}).installSeconds = 3300
}
