import type {LifecycleEvent} from './service.js'

/** The parts of a deployment a person follows. Each ends with the last of its lifecycle events. */
export type Phase = 'install' | 'test' | 'shift' | 'verify'

const EVENTS: Record<Phase, string[]> = {
  install: ['BeforeInstall', 'Install', 'AfterInstall'],
  test: ['AllowTestTraffic', 'AfterAllowTestTraffic'],
  shift: ['BeforeAllowTraffic', 'AllowTraffic'],
  verify: ['AfterAllowTraffic'],
}

export const TITLES: Record<Phase, string> = {
  install: 'Start green tasks',
  test: 'Send test traffic to green',
  shift: 'Shift production traffic',
  verify: 'Check after the shift',
}

/** Without a test listener CodeDeploy lists six events instead of eight. */
export const phasesOf = (hasTestListener: boolean): Phase[] =>
  hasTestListener ? ['install', 'test', 'shift', 'verify'] : ['install', 'shift', 'verify']

const eventsOf = (phase: Phase, lifecycle: LifecycleEvent[]) =>
  lifecycle.filter(({name}) => EVENTS[phase].includes(name))

export function isDone(phase: Phase, lifecycle: LifecycleEvent[] = []): boolean {
  const events = eventsOf(phase, lifecycle)
  // A phase that CodeDeploy does not list will not take place.
  if (events.length === 0) return lifecycle.length > 0
  return events.every(({status}) => status === 'Succeeded' || status === 'Skipped')
}

/** When CodeDeploy began and ended a phase, as far as it has. */
export function spanOf(phase: Phase, lifecycle: LifecycleEvent[] = []): {startedAt?: Date; endedAt?: Date} {
  const events = eventsOf(phase, lifecycle)
  return {startedAt: events.find(({startedAt}) => startedAt)?.startedAt, endedAt: events.at(-1)?.endedAt}
}

/** When CodeDeploy terminates blue: until then going back takes seconds. */
export function blueTerminatesAt(lifecycle: LifecycleEvent[] | undefined, minutes: number): Date | undefined {
  const end = isDone('verify', lifecycle) ? spanOf('verify', lifecycle).endedAt : undefined
  return end && new Date(end.getTime() + minutes * 60_000)
}
