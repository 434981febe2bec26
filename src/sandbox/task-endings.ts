import type {Rehearsal} from './images.js'

/** A way in which the tasks of a deployment end, and what `fb sandbox faults` says of it. */
type TaskEnding = Rehearsal & {about: string}

const exits = (exitCode: number, about: string, log: string[], containerReason?: string): TaskEnding => ({
  about: `the application exits with ${exitCode}: ${about}`,
  dies: 'starting',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containerReason,
  exitCode,
  log,
})

const notStarted = (about: string, stoppedReason: string): TaskEnding => ({
  about,
  dies: 'pulling',
  stopCode: 'TaskFailedToStart',
  stoppedReason,
  containerReason: stoppedReason.startsWith('CannotPull') ? stoppedReason : undefined,
})

const unhealthy = (about: string, health: NonNullable<Rehearsal['health']>, log?: string[]): TaskEnding => ({
  about,
  dies: 'unhealthy',
  stopCode: 'ServiceSchedulerInitiated',
  stoppedReason: 'Task failed ELB health checks in (target-group {targetGroup})',
  exitCode: 0,
  health,
  log,
})

const pull = 'CannotPullContainerError: pull image manifest has been retried'
const secrets =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:'

/** Every way for tasks to fail that the evidence tells apart. Texts: ECS stopped-task error messages; logs: uvicorn, gunicorn, dash. */
export const taskEndings: Record<string, TaskEnding> = {
  'pull-timeout': notStarted(
    'the image repository cannot be reached',
    `${pull} 5 time(s): failed to resolve ref {image}: failed to do request: Head "https://{image}": dial tcp 3.5.29.98:443: i/o timeout`,
  ),
  'pull-denied': notStarted(
    'the execution role may not pull the image',
    `${pull} 1 time(s): failed to resolve ref {image}: pulling from host failed with status code [manifests]: 403 Forbidden`,
  ),
  'wrong-platform': notStarted(
    'the image was built for another processor',
    `${pull} 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'`,
  ),
  'exec-format': exits(255, 'its image was built for another processor', [
    'exec /usr/local/bin/uvicorn: exec format error',
  ]),
  'param-denied': notStarted(
    'the execution role may not read a secret',
    `${secrets} unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User is not authorized to perform: ssm:GetParameters on resource: {parameterArn}`,
  ),
  'param-timeout': notStarted(
    'the service of the secrets cannot be reached',
    `${secrets} unable to retrieve secrets from ssm: service call has been retried 5 time(s): RequestCanceled: request context canceled caused by: context deadline exceeded`,
  ),
  'secret-key': notStarted(
    'a secret lacks the JSON key that is asked for',
    `${secrets} unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key DATABASE_URL`,
  ),
  'bad-log-group': notStarted(
    'the log group does not exist',
    'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
  ),
  'exit-0': exits(0, 'its start command does not stay', ['INFO:     done']),
  'exit-1': exits(1, 'a Python error', [
    'Traceback (most recent call last):',
    '  File "/app/main.py", line 3, in <module>',
    '    import redis',
    "ModuleNotFoundError: No module named 'redis'",
  ]),
  'exit-4': exits(4, 'gunicorn cannot import it', [
    "[2026-11-22 18:03:40 +0000] [1] [ERROR] Failed to find attribute 'app' in 'app.main'.",
    '[2026-11-22 18:03:40 +0000] [1] [ERROR] Reason: App failed to load.',
  ]),
  'exit-126': exits(126, 'its start command is not executable', ['/bin/sh: 1: ./start.sh: Permission denied']),
  'exit-127': exits(127, 'its start command does not exist', ['/bin/sh: 1: uvicon: not found']),
  'exit-134': exits(134, 'it aborts', ["terminate called after throwing an instance of 'std::bad_alloc'"]),
  'exit-137': exits(137, 'it is killed', []),
  'exit-139': exits(139, 'a segmentation fault', ['Fatal Python error: Segmentation fault']),
  'out-of-memory': exits(137, 'out of memory', [], 'OutOfMemoryError: Container killed due to memory usage'),
  'health-404': unhealthy('the next deployments answer 404 to health checks', {
    Reason: 'Target.ResponseCodeMismatch',
    Description: 'Health checks failed with these codes: [404]',
  }),
  'health-refused': unhealthy('nothing listens on the port of the next deployments', {
    Reason: 'Target.FailedHealthChecks',
    Description: 'Health checks failed',
  }),
  'wrong-port': unhealthy(
    'the next deployments listen on another port',
    {Reason: 'Target.FailedHealthChecks', Description: 'Health checks failed'},
    [
      'INFO:     Application startup complete.',
      'INFO:     Uvicorn running on http://0.0.0.0:80 (Press CTRL+C to quit)',
    ],
  ),
  loopback: unhealthy(
    'the next deployments listen on 127.0.0.1 only',
    {Reason: 'Target.Timeout', Description: 'Request timed out'},
    [
      'INFO:     Application startup complete.',
      'INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)',
    ],
  ),
  'not-in-use': unhealthy('the target group of the next deployments belongs to no listener', {
    State: 'unused',
    Reason: 'Target.NotInUse',
    Description: 'Target group is not configured to receive traffic from the load balancer',
  }),
  'container-health': {
    about: 'the health check inside the container fails',
    dies: 'unhealthy',
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Task failed container health checks',
    exitCode: 0,
  },
  'no-capacity': {
    about: 'AWS has no room for the tasks of the next deployments',
    dies: 'unplaced',
    stoppedReason: "You've reached the limit on the number of vCPUs you can run concurrently",
  },
}
