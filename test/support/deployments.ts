import type {Reading} from '../../src/deploy/reading.js'
import type {Deployment, Group} from '../../src/deploy/service.js'

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
  rollbackOn: [],
}

export const reading = (more: Partial<Reading>): Reading => ({at: new Date(0), stale: [], ...more})
