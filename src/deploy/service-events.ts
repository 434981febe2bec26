import type {Event} from '../events.js'
import type {Reading} from './reading.js'
import {revisionOf, type ServiceEvent, type TaskSet} from './service.js'

const TROUBLE = /unable|fail|unhealthy|error|throttl|missing|not found|impaired/i
const NOTABLE = /has started|registered|reached a steady state|begun draining/

export const isTrouble = ({message}: ServiceEvent): boolean => TROUBLE.test(message)

/** Tells the service events of the deployment, each once; `told` has the ids of those that were. */
export function teller(told = new Set<string>()): (reading: Reading) => Event[] {
  return ({service, deployment}) => {
    if (!service || !deployment) return []
    const fresh = notable(service.events, deployment.createdAt).filter(({id}) => !told.has(id))
    for (const {id} of fresh) told.add(id)
    // Tasks that fare alike say so one by one.
    const texts = new Set(fresh.map((event) => shortEvent(event, service.taskSets)))
    return [...texts].map((text) => ({type: 'note', text}))
  }
}

/** The events since `since` a person would want to see, oldest first. */
const notable = (events: ServiceEvent[], since: Date): ServiceEvent[] =>
  events
    .filter((event) => event.at >= since && (isTrouble(event) || NOTABLE.test(event.message)))
    .sort((a, b) => a.at.getTime() - b.at.getTime())

/** A service event in a few words: the task set by its release, ARNs by their names, task ids left out. */
function shortEvent({message}: ServiceEvent, taskSets: TaskSet[]): string {
  const id = /taskSet (ecs-svc\/\d+)/.exec(message)?.[1]
  const set = taskSets.find((taskSet) => taskSet.id === id)
  const text = message
    .replace(/^\(service [^)]*\)\s*/, '')
    .replace(/\(port (\d+)\) is unhealthy/, 'port $1 is unhealthy')
    .replace(/ due to \(reason (.*?)\)\.?$/, ': $1')
    .replace(/\(target-group [^)]*targetgroup\/([^/)]+)[^)]*\)/g, '$1')
    .replace(/:? ?(\(task [0-9a-f]+\)\.?\s*)+/g, ' ')
    .replace(/(for )?taskSet ecs-svc\/\d+ ?/g, '')
    .trim()
  if (set) return `v${revisionOf(set.taskDefinition)} ${text}`
  return /^(has|is|was) /.test(text) ? `the service ${text}` : text
}
