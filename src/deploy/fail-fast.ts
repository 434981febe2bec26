import type {Signs} from './diagnose.js'
import type {Task} from './service.js'
import {causeOfTask, isHealthVerdict} from './task-causes.js'

/** AWS's own answer, which every further task would get as well: two tasks are proof. */
const ANSWERS = /^(image_pull|image_denied|platform|secrets|secrets_denied|secrets_key|log_group|exit_12[67])$/

/** The application's own word may depend on the moment: it must be said again by a task that began after another had ended. */
const VERDICTS = /^exit_[34]$/

/** AWS is short of something, or took a task back: that says nothing of the new version. */
const AWS_ITSELF = /^(SpotInterruption|TerminationNotice|InfrastructureHealth|UserInitiated)$/

const SAME = 2
const ANY = 3

/**
 * Whether green's stopped tasks prove that none will ever live, provided that none ever has: twice the same
 * deterministic reason, twice the verdict of health checks after all the time they give, or three failures for whatever
 * reason in more than one attempt.
 */
export function isProof(signs: Signs): boolean {
  const failed = signs.stopped.filter(({stopCode = ''}) => !AWS_ITSELF.test(stopCode))
  const coded = failed.map((task) => ({task, code: causeOfTask(task, signs, [])?.code ?? ''}))
  const sameAs = (pattern: RegExp) =>
    [...new Set(coded.map(({code}) => code))]
      .filter((code) => pattern.test(code))
      .map((same) => coded.filter(({code}) => code === same).map(({task}) => task))
  const counted = coded.filter(({code}) => code !== 'capacity').map(({task}) => task)
  return (
    sameAs(ANSWERS).some((tasks) => tasks.length >= SAME) ||
    sameAs(VERDICTS).some((tasks) => tasks.length >= SAME && isRepeated(tasks)) ||
    failed.filter(isHealthVerdict).length >= SAME ||
    (counted.length >= ANY && isRepeated(counted))
  )
}

/** One of the tasks began after another one had ended: more than one attempt has failed. */
function isRepeated(tasks: Task[]): boolean {
  const ended = Math.min(...tasks.map(({endedAt, stoppedAt}) => (endedAt ?? stoppedAt)?.getTime() ?? Infinity))
  return tasks.some(({createdAt}) => createdAt !== undefined && createdAt.getTime() >= ended)
}
