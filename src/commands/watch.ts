import {Args, Flags} from '@oclif/core'

import {FbCommand} from '../command.js'
import {attach, attachedText, attachPatience, findDeployment, recall, recallText} from '../deploy/attach.js'
import {type Outcome, outcomeText} from '../deploy/outcome.js'
import type {WaitFor} from '../deploy/watch.js'
import {durationFlag, siteFlags, steeringFlags} from '../flags.js'

export default class Watch extends FbCommand {
  static override description =
    'Watch a deployment under way, whoever started it, and decide about it when it waits for approval. Only --fail-fast stops one by itself.'
  static override examples = [
    'fb watch --env prod',
    'fb watch d-ABC123XYZ --env prod',
    'fb watch --env prod --wait complete --json',
    'fb watch --env prod --smoke /health --approve smoke',
  ]
  static override args = {
    id: Args.string({ignoreStdin: true, description: 'deployment, such as d-ABC123XYZ (default: the one in flight)'}),
  }
  static override flags = {
    ...siteFlags,
    wait: Flags.string({
      description: 'what to wait for',
      options: ['traffic', 'complete'],
      default: 'traffic',
      env: 'FB_WAIT',
    }),
    'fail-fast': Flags.boolean({
      description: 'stop it when its tasks provably cannot live, after a notice of ten seconds',
      env: 'FB_WATCH_FAIL_FAST',
    }),
    timeout: durationFlag({description: 'how long to wait, such as 45m', env: 'FB_TIMEOUT'}),
    ...steeringFlags,
  }

  async run(): Promise<Outcome> {
    const {args, flags} = await this.parse(Watch)
    const site = await this.open(flags)
    const {clock} = site
    const steering = await this.steer(site, flags)
    const scene = await this.scene(site)
    const api = await this.aws(site, 'ecs', 'codedeploy', 'elb', 'cloudwatch', 'logs', 'autoscaling')
    const found = await findDeployment(api, scene, args.id)
    if (found.past)
      return this.conclude(await recall(api, found), (ended, canvas) => recallText(ended, clock.now(), canvas))

    const {underway, deployment, targetGroups} = found
    steering.refuseUnrun(underway.group, flags.wait as WaitFor)
    this.voice.tell((canvas) => [attachedText(found, canvas)])
    this.leaveRunning(deployment.id, site)
    const observe = await this.observer(site, underway.group, targetGroups)
    const until = flags.wait as WaitFor
    const deadline = new Date(clock.now().getTime() + (flags.timeout ?? attachPatience(found, until)))
    const failFast = flags['fail-fast'] ? {stop: api.stop, hear: this.voice.hear} : undefined
    const testUrl = async () => flags['test-url'] ?? this.testUrlOf(site, underway.group)
    const run = attach({...api, observe, testUrl}, found, {until, deadline, failFast}, steering, clock)
    return this.conclude(await this.follow(run, clock), outcomeText)
  }
}
