/** What AWS says about a service, in the words fb uses: the adapters in src/aws produce these, the domain reads them. */

export type Network = {subnets: string[]; securityGroups: string[]; assignPublicIp: string}

export type TaskSet = {
  id: string
  taskDefinition: string
  /** PRIMARY serves production; ACTIVE is the other one of a deployment; DRAINING is on its way out. */
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING'
  desired: number
  pending: number
  running: number
  /** The CodeDeploy deployment that made it. */
  deploymentId?: string
  targetGroup: string
  container: string
  port: number
  platformVersion?: string
  network?: Network
  capacityProviders: {provider: string; base: number; weight: number}[]
}

export type ServiceEvent = {id: string; at: Date; message: string}

export type ServiceState = {
  name: string
  controller: string
  desired: number
  running: number
  /** The task definition new tasks start from; under CODE_DEPLOY that of the PRIMARY task set. */
  taskDefinition: string
  taskSets: TaskSet[]
  events: ServiceEvent[]
}

export type Group = {
  name: string
  /** `cluster/service` it deploys, when it says so. */
  service?: string
  config: string
  alarms: string[]
  /** Names of the two target groups. */
  targetGroups: string[]
  listener: string
  testListener?: string
  /** How long blue stays after the traffic has moved. */
  terminationMinutes: number
  /** True when a person must let the traffic move (STOP_DEPLOYMENT). */
  waitsForApproval: boolean
  /** How long they have for it; then CodeDeploy stops the deployment. */
  approvalMinutes: number
  rollbackOn: string[]
}

export type Deployment = {
  id: string
  status: string
  creator: string
  config: string
  createdAt: Date
  completedAt?: Date
  description?: string
  sha256?: string
  error?: {code: string; message: string}
  /** The deployment that rolls this one back. */
  rollbackId?: string
  /** The deployment this one rolls back. */
  rollbackOf?: string
  terminationStarted: boolean
  terminationMinutes: number
}

export type LifecycleEvent = {name: string; status: string; startedAt?: Date; endedAt?: Date; message?: string}

export type Target = {id: string; port: number; state: string; reason?: string; description?: string}

export type Alarm = {name: string; state: string; reason?: string; since?: Date}

export type Task = {
  id: string
  taskDefinition: string
  /** What started it: of a service's task the id of its task set. */
  startedBy?: string
  createdAt?: Date
  /** When its containers had ended; ECS may start the next attempt before the task itself is stopped. */
  endedAt?: Date
  /** When it began to be set up; from then on its secrets are what they were. */
  beganAt?: Date
  /** When all its containers ran. */
  startedAt?: Date
  stoppedAt?: Date
  stopCode?: string
  stoppedReason?: string
  containers: {name: string; exitCode?: number; reason?: string}[]
}

/** Share of production traffic by target group ARN, in percent. */
export type Weights = Record<string, number>

/** A deployment is over when CodeDeploy will not touch it any more. */
export const isOver = ({status}: {status: string}): boolean => ['Succeeded', 'Failed', 'Stopped'].includes(status)

export const revisionOf = (taskDefinition: string): number =>
  Number(taskDefinition.slice(taskDefinition.lastIndexOf(':') + 1))
