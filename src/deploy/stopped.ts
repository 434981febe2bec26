import {type Repeated, repeated} from './repeated.js'
import type {Task} from './service.js'

/** Tasks that ECS stopped because a deployment or scaling replaced them, or that ended as told, are no sign of trouble. */
const inTrouble = (task: Task): boolean =>
  task.stopCode !== 'UserInitiated' &&
  (task.stopCode !== 'ServiceSchedulerInitiated' || /health/i.test(task.stoppedReason ?? '')) &&
  !(task.stopCode === 'EssentialContainerExited' && endedAsTold(task))

/** 128 + SIGTERM. */
const endedAsTold = ({containers}: Task): boolean =>
  containers.some(({exitCode}) => exitCode === 143) &&
  containers.every(({exitCode}) => exitCode === undefined || exitCode === 143 || exitCode === 0)

/** The tasks that stopped by themselves, the newest first. */
export const troubled = (tasks: Task[]): Task[] =>
  tasks.filter(inTrouble).sort((a, b) => (b.stoppedAt?.getTime() ?? 0) - (a.stoppedAt?.getTime() ?? 0))

export const stoppedReasons = (tasks: Task[]): Repeated[] =>
  repeated(tasks.map((task) => ({message: sayStopped(task), at: task.stoppedAt})))

/** Why a task stopped, without the ids that make equal reasons look different. */
function sayStopped({stopCode, stoppedReason = '', containers}: Task): string {
  const exits = containers
    .filter(({exitCode}) => exitCode !== undefined)
    .map(({name, exitCode, reason}) => `${name} exit ${exitCode}${reason ? ` ${reason}` : ''}`)
  return [stopCode, withoutIds(stoppedReason), ...exits].filter(Boolean).join(' · ')
}

/** The same in short, for one line: of a container that ended, only how; the name where there are several. */
export function stoppedBecause({stopCode = '', stoppedReason = '', containers}: Task): string {
  const exits = containers
    .filter(({exitCode, reason}) => exitCode !== undefined && (exitCode !== 0 || reason))
    .map(({name, exitCode, reason}) => {
      const how = reason ? `${reason} (exit ${exitCode})` : `exit ${exitCode}`
      return containers.length > 1 ? `${name} ${how}` : how
    })
  if (stopCode === 'EssentialContainerExited' && exits.length > 0) return exits.join(', ')
  return withoutIds(stoppedReason) || stopCode
}

export const withoutIds = (message: string): string =>
  message
    .replace(/\(target-group [^)]*targetgroup\/([^/)]+)[^)]*\)/g, '(target-group $1)')
    .replace(/,? ?taskSet ecs-svc\/\d+/g, '')
    .replace(/\(task [0-9a-f]+\) ?/g, '')
