import {createHash} from 'node:crypto'

import type {StackSettings} from '../../settings.js'

/** What a service answers, and the places of its rules among those of a listener. */
export type Route = {paths: string[]; priority: number; namedPriority: number}

/** A pattern of the load balancer has at most 128 characters, and a priority is at most 50,000. */
const LONGEST = 128
const PER_LENGTH = 370
const NAMED = 1000

/**
 * One service alone answers everything. Beside others each answers its own pattern, and its health check where none before
 * it in fb.yml has the same.
 *
 * Every service always has its rules, a lone one too: CodeDeploy moves whatever forwards to the live target group, and
 * Terraform would make a new rule with the blue one, which is empty after every other deployment. So one service more must
 * change the patterns of rules that exist, never what they forward to.
 */
export function routes(services: StackSettings['services']): Record<string, Route> {
  const answered = new Set<string>()
  const taken = new Set<number>()
  const alone = Object.keys(services).length === 1
  const route = (name: string, path: string, health: string): Route => {
    const own = new Set(answered.has(health) ? [path] : [path, health])
    answered.add(health)
    return {
      paths: alone ? ['/*'] : [...own],
      priority: free(firstOf(path) + (number(name) % PER_LENGTH), taken),
      namedPriority: free(1 + (number(name) % (NAMED - 100)), taken),
    }
  }
  return Object.fromEntries(Object.entries(services).map(([name, {path, health}]) => [name, route(name, path, health)]))
}

/** A longer pattern goes first, so that /api/v1* does not take /api/v10. */
const firstOf = (path: string): number => NAMED + (LONGEST - Math.min(path.length, LONGEST)) * PER_LENGTH

/** A service has the same number whichever others there are, so its rules stay where they are when others come and go. */
const number = (name: string): number =>
  Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 8), 16)

function free(wanted: number, taken: Set<number>): number {
  let priority = wanted
  while (taken.has(priority)) priority++
  taken.add(priority)
  return priority
}
