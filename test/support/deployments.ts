import type {Reading} from '../../src/deploy/reading.js'
import type {Deployment, Group} from '../../src/deploy/service.js'
import type {Steering} from '../../src/deploy/steer.js'

export const deployment = (status: string, more: Partial<Deployment> = {}): Deployment => ({
  id: 'd-1',
  status,
  creator: 'user',
  config: 'c',
  createdAt: new Date(0),
  terminationStarted: false,
  terminationMinutes: 5,
  ...more,
})

export const group: Group = {
  name: 'g',
  config: 'c',
  alarms: [],
  targetGroups: [],
  listener: 'l',
  terminationMinutes: 5,
  waitsForApproval: false,
  approvalMinutes: 0,
  rollbackOn: [],
}

export const reading = (more: Partial<Reading>): Reading => ({at: new Date(0), stale: [], ...more})

/** Nobody interrupts, and nobody is there to approve. */
export const unattended: Steering = {
  smokes: [],
  approve: 'ask',
  attended: false,
  listen: () => new AbortController().signal,
  ignore() {},
  atInterrupt: async () => 'detach',
  atGate: async () => 'wait',
}
