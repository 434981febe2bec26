import {cloudwatch} from '../../src/aws/cloudwatch.js'
import {codedeploy} from '../../src/aws/codedeploy.js'
import {ecs} from '../../src/aws/ecs.js'
import {elb} from '../../src/aws/elb.js'
import {logs} from '../../src/aws/logs.js'
import {rollout} from '../../src/aws/rollout.js'
import type {Clock} from '../../src/clock.js'
import {namesOf} from '../../src/config/names.js'
import {deploy} from '../../src/deploy/deploy.js'
import type {FailFast} from '../../src/deploy/guard.js'
import {patience, planDeploy} from '../../src/deploy/plan.js'
import type {Steering} from '../../src/deploy/steer.js'
import type {Event} from '../../src/events.js'
import {imageDigest, images} from '../../src/sandbox/images.js'
import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {unattended} from './deployments.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const [account, region] = ['000000000000', 'us-east-1']
const names = namesOf({app: 'fastapi-bootstrap', env: 'sandbox', service: 'v1'})
const scene = {env: 'sandbox', account, region, service: 'v1', caller: 'arn:aws:iam::000000000000:user/ops', names}
const UNSIGNED = {sign: async <Request>(request: Request) => request}

/** fb's adapters over a sandbox in the same process. */
export function adaptersOf(sandbox: Sandbox) {
  const {signal} = new AbortController()
  const credentials = {accessKeyId: 'x', secretAccessKey: 'x'}
  const connection = {region, credentials, requestHandler: sandbox.requestHandler, signer: UNSIGNED, login: {}, signal}
  return {
    ...ecs(connection, names),
    ...codedeploy(connection, names),
    ...elb(connection),
    ...cloudwatch(connection, sandbox.clock),
    ...logs(connection),
  }
}

type Wanted = {
  tag?: string
  env?: Record<string, string>
  failFast?: boolean
  hear?: FailFast['hear']
  seen?: (event: Event) => void
  aws?: ReturnType<typeof adaptersOf>
  steering?: Partial<Steering>
}

/** Deploys to the end as `fb deploy` does, without its process; what was said along the way, and how it ended. */
export async function deployed(sandbox: Sandbox, wanted: Wanted = {}) {
  const {tag = '1.1.0', env = {}, failFast = true, hear = () => undefined, aws = adaptersOf(sandbox), steering} = wanted
  const known = images.find((image) => image.tag === tag)!
  const digest = imageDigest(known)
  const image = `${account}.dkr.ecr.${region}.amazonaws.com/${names.repository}:${tag}@${digest}`
  const scan = {status: 'COMPLETE', critical: 0, high: 0}
  const plan = await planDeploy(aws, scene, {image: {image, digest, tag, scan}, env, force: false})
  const clock: Clock = sandbox.clock
  const {listener, alarms} = plan.group
  const watched = {listener, alarms, targetGroups: plan.targetGroups}
  const {signal} = new AbortController()
  const observe = (deploymentId: string) => rollout(aws, {...watched, deploymentId}, clock, signal)
  const deadline = new Date(clock.now().getTime() + patience(plan, 'traffic'))
  const stopping = failFast ? {stop: aws.stop, hear} : undefined
  const scaling = {bounds: async () => undefined, holdScaleIn: async () => {}, releaseScaleIn: async () => {}}
  const all = {...aws, ...scaling, observe, testUrl: async () => undefined}
  const decides = {...unattended, ...steering}
  const run = deploy(all, plan, {until: 'traffic', deadline, failFast: stopping}, decides, clock)
  const notes: string[] = []
  for (;;) {
    const {done, value} = await run.next()
    if (done) return {outcome: value, notes}
    wanted.seen?.(value)
    if (value.type === 'note') notes.push(value.text)
  }
}
