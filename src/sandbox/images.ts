import {digestOf, type Inventory} from './inventory.js'
import {taskEndings} from './task-endings.js'

type Verdict = 'ResponseCodeMismatch' | 'Timeout' | 'FailedHealthChecks' | 'NotInUse'

/** How the tasks of an image behave. Nothing given: they start, turn healthy and answer without errors. */
export type Rehearsal = {
  dies?: 'unplaced' | 'pulling' | 'starting' | 'unhealthy'
  stopCode?: 'TaskFailedToStart' | 'EssentialContainerExited' | 'ServiceSchedulerInitiated' | 'UserInitiated'
  stoppedReason?: string
  containerReason?: string
  exitCode?: number
  health?: {State?: 'unused'; Reason: `Target.${Verdict}`; Description: string}
  errorPercent?: number
  log?: string[]
}

const traceback = [
  'ERROR:    Traceback (most recent call last):',
  '  File "/usr/local/lib/python3.12/site-packages/starlette/routing.py", line 693, in lifespan',
  '    async with self.lifespan_context(app) as maybe_state:',
  '  File "/app/main.py", line 41, in lifespan',
  '    settings = Settings.from_environment()',
  '  File "/app/config.py", line 27, in from_environment',
  '    raise RuntimeError(f"DATABASE_POOL_SIZE must be an integer, got {value!r}")',
  "RuntimeError: DATABASE_POOL_SIZE must be an integer, got 'ten'",
  '',
  'ERROR:    Application startup failed. Exiting.',
]

/** {image}, {targetGroup}, {parameter} and {parameterArn} are filled in for the task at hand. Texts: ECS stopped-task error messages. */
export const rehearsals: Record<string, Rehearsal> = {
  good: {},
  crash: {
    dies: 'starting',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    exitCode: 3,
    log: traceback,
  },
  unhealthy: {
    dies: 'unhealthy',
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Task failed ELB health checks in (target-group {targetGroup})',
    exitCode: 0,
    health: {Reason: 'Target.ResponseCodeMismatch', Description: 'Health checks failed with these codes: [503]'},
  },
  timeout: {
    dies: 'unhealthy',
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Task failed ELB health checks in (target-group {targetGroup})',
    exitCode: 0,
    health: {Reason: 'Target.Timeout', Description: 'Request timed out'},
  },
  missing: {
    dies: 'pulling',
    stopCode: 'TaskFailedToStart',
    stoppedReason:
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: {image}: not found',
    containerReason:
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: {image}: not found',
  },
  secret: {
    dies: 'pulling',
    stopCode: 'TaskFailedToStart',
    stoppedReason:
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: {parameter}',
  },
  errors: {errorPercent: 80},
  ...taskEndings,
}

export type Image = {
  tag: string
  daysAgo: number
  rehearsal: keyof typeof rehearsals
  about: string
  bytes: number
  findings: {CRITICAL?: number; HIGH?: number; MEDIUM?: number; LOW?: number}
}

/** The repository's tags. Each rehearses one ending of a deployment. */
export const images: Image[] = [
  {tag: '0.9.0', daysAgo: 10, rehearsal: 'good', about: 'the first release', bytes: 61_204_331, findings: {LOW: 3}},
  {tag: '0.9.1', daysAgo: 6.1, rehearsal: 'errors', about: 'was rolled back', bytes: 61_230_118, findings: {LOW: 3}},
  {tag: '1.0.0', daysAgo: 2.1, rehearsal: 'good', about: 'runs now', bytes: 62_010_442, findings: {LOW: 2}},
  {
    tag: '1.2.4-vulnerable',
    daysAgo: 0.9,
    rehearsal: 'good',
    about: 'has CRITICAL findings',
    bytes: 71_118_007,
    findings: {CRITICAL: 2, HIGH: 5, MEDIUM: 11},
  },
  {
    tag: '1.2.3-missing',
    daysAgo: 0.8,
    rehearsal: 'missing',
    about: 'is listed, cannot be pulled',
    bytes: 62_400_915,
    findings: {},
  },
  {
    tag: '1.2.2-errors',
    daysAgo: 0.7,
    rehearsal: 'errors',
    about: '5xx rises with its traffic',
    bytes: 62_391_770,
    findings: {LOW: 2},
  },
  {
    tag: '1.2.1-unhealthy',
    daysAgo: 0.6,
    rehearsal: 'unhealthy',
    about: 'answers 503 to health checks',
    bytes: 62_377_204,
    findings: {LOW: 2},
  },
  {
    tag: '1.2.0-crash',
    daysAgo: 0.5,
    rehearsal: 'crash',
    about: 'uvicorn exits with 3 at start',
    bytes: 62_350_661,
    findings: {LOW: 2},
  },
  {tag: '1.1.0', daysAgo: 0.3, rehearsal: 'good', about: 'a good release', bytes: 62_112_903, findings: {LOW: 2}},
  {
    tag: '1.1.1',
    daysAgo: 0.1,
    rehearsal: 'good',
    about: 'a good release, newer',
    bytes: 62_115_388,
    findings: {MEDIUM: 1, LOW: 2},
  },
]

export const imageDigest = (image: Image) => `sha256:${digestOf(`fb sandbox image ${image.tag}`)}`

/** Follows a container's image reference into the repository, by digest when there is one, as ECS pulls it. */
export function findImage(inventory: Inventory, reference: string): Image | undefined {
  const [name = '', digest] = reference.split('@')
  if (digest)
    return name.startsWith(inventory.repositoryUri) ? images.find((i) => imageDigest(i) === digest) : undefined
  return images.find((i) => name === `${inventory.repositoryUri}:${i.tag}`)
}
