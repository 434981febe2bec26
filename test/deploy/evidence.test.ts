import {expect, it} from 'vitest'

import {outcomeText} from '../../src/deploy/outcome.js'
import {faults} from '../../src/sandbox/faults.js'
import {manual} from '../sandbox/account.js'
import {canvas} from '../support/canvas.js'
import {deployed} from '../support/deployed.js'

const MINUTE = 60_000

/** What is staged, what the first line says of it, and within how many seconds of AWS time fb has stopped it; never without a number. */
const ROWS: [fault: string, code: string, first: RegExp, within?: number][] = [
  ['crash-loop', 'exit_3', /the application fails to start \(exit 3\): RuntimeError: DATABASE_POOL_SIZE must be/, 120],
  ['bad-image', 'image_pull', /the image cannot be pulled: fastapi-bootstrap:1\.1\.0$/, 60],
  ['pull-timeout', 'image_unreachable', /the image repository cannot be reached: /, 90],
  ['pull-denied', 'image_denied', /the execution role may not pull the image: /, 60],
  ['wrong-platform', 'platform', /the image was built for another processor/, 60],
  ['exec-format', 'platform', /the image was built for another processor/, 120],
  [
    'bad-param',
    'secrets',
    /a secret of the task definition cannot be read: \/fastapi-bootstrap\/sandbox\/DATABASE_URL/,
    60,
  ],
  ['param-denied', 'secrets_denied', /may not read a secret: arn:aws:ssm:\S+\/sandbox\/DATABASE_URL/, 60],
  ['param-timeout', 'secrets_unreachable', /the secrets cannot be fetched/, 90],
  ['secret-key', 'secrets_key', /a secret has no such JSON key/, 60],
  ['bad-log-group', 'log_group', /the log group cannot be written: \/ecs\/fastapi-bootstrap-sandbox/, 60],
  ['exit-0', 'exit_0', /the application ends by itself \(exit 0\)/, 120],
  ['exit-1', 'exit_1', /the application exits \(exit 1\): ModuleNotFoundError: No module named 'redis'/, 120],
  ['exit-4', 'exit_4', /gunicorn cannot import the application \(exit 4\)/, 120],
  ['exit-126', 'exit_126', /the start command cannot be executed \(exit 126\)/, 70],
  ['exit-127', 'exit_127', /the start command does not exist in the image \(exit 127\)/, 70],
  ['exit-134', 'exit_134', /the application aborted \(exit 134\)/, 120],
  ['exit-137', 'exit_137', /the container was killed \(exit 137\)/, 120],
  ['exit-139', 'exit_139', /segmentation fault/, 120],
  ['out-of-memory', 'out_of_memory', /the container ran out of memory \(1024 MiB\)/, 120],
  ['health-503', 'unhealthy', /green never became healthy: Health checks failed with these codes: \[503\]/, 175],
  ['health-404', 'unhealthy', /green never became healthy: Health checks failed with these codes: \[404\]/, 175],
  ['health-timeout', 'unhealthy', /green never became healthy: Request timed out/, 175],
  ['health-refused', 'unhealthy', /green never became healthy: Health checks failed/, 175],
  ['wrong-port', 'unhealthy', /green never became healthy: it listens on port 80, not on 8000/, 175],
  ['loopback', 'unhealthy', /green never became healthy: it listens on 127\.0\.0\.1 only/, 175],
  ['not-in-use', 'unhealthy', /green never became healthy: Target group is not configured to receive traffic/, 175],
  ['container-health', 'container_unhealthy', /the health check inside the container fails/, 175],
  ['no-capacity', 'capacity', /ECS cannot start tasks: You've reached the limit on the number of vCPUs/],
  [
    'listener-changed',
    'elastic_load_balancing_invalid',
    /the listener does not send its traffic to the version that runs/,
  ],
  ['scaled', 'ecs_update_error', /the service changed while CodeDeploy was at work/],
  ['no-pass-role', 'iam_role_permissions', /service role may not do this: .*iam:PassRole/],
  ['hook-fail', 'hook', /the hook at AfterInstall said no/],
  ['hook-silent', 'hook', /the hook at AfterInstall did not answer/],
  ['5xx:90', 'alarm', /alarm fastapi-bootstrap-v1-sandbox-5xx fired and stopped the deployment/],
]

it.each(ROWS)('%s: %s, in the first line', async (fault, code, first, within) => {
  const sandbox = manual()
  sandbox.fault(fault)
  let skipped = false
  const {outcome} = await deployed(sandbox, {
    seen(event) {
      // What fb does not end goes on for an hour, in which nothing else happens.
      if (skipped || within || event.type !== 'progress' || !/no-capacity|silent/.test(fault)) return
      sandbox.advance(58 * MINUTE)
      skipped = true
    },
  })
  const [line] = outcomeText(outcome, canvas({width: 1000}))
  expect(line).toMatch(first)
  expect(outcome).toMatchObject({result: 'rolled_back', exitCode: 9, traffic: {blue: 100, green: 0}, failure: {code}})
  const {createdAt, stoppedAt} = outcome.deployment!
  const seconds = stoppedAt && (stoppedAt.getTime() - createdAt.getTime()) / 1000
  if (within) expect(seconds).toBeLessThanOrEqual(within)
  else expect(seconds).toBeUndefined()
})

it('has a row for every way in which the sandbox lets a deployment fail', () => {
  const staged = faults.filter(({rehearsal, breaks}) => rehearsal || breaks).map(({name}) => name)
  const rows = ROWS.map(([fault]) => fault)
  expect(staged.filter((name) => !rows.includes(name))).toEqual([])
})
