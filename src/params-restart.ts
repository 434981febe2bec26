import {deploy} from './deploy/deploy.js'
import {type ChosenImage, digestOf, runningImage, shortName} from './deploy/image.js'
import {type Outcome, outcomeText} from './deploy/outcome.js'
import {type DeployPlan, patience, planDeploy} from './deploy/plan.js'
import {busyWith, refuseIfChanged} from './deploy/refusals.js'
import {serviceSite} from './params-access.js'
import type {Teller} from './params-apply.js'
import {aws, observer, type Site, testUrlOf} from './site.js'

export type Restart = {site: Site; plan: DeployPlan}

/** A service under CodeDeploy starts new tasks only by a deployment: that of what runs already. Reads only. */
export const planRestarts = (site: Site, services: string[], message: string): Promise<Restart[]> =>
  Promise.all(services.map((service) => planRestart(serviceSite(site, service), message)))

async function planRestart(site: Site, message: string): Promise<Restart> {
  const {environment, service, names} = site
  const [api, {account, arn: caller}] = await Promise.all([
    aws(site, 'ecs', 'codedeploy', 'elb'),
    aws(site, 'sts').then((sts) => sts.caller()),
  ])
  const scene = {env: environment.name, account, region: environment.region, service, caller, names}
  const image = asItIs(await runningImage(api, names.container))
  const plan = await planDeploy(api, scene, {image, env: {}, force: true, message})
  if (plan.busy) throw busyWith(plan.busy, scene)
  return {site, plan}
}

/** What runs has been looked at when it was deployed. */
const asItIs = (image: string): ChosenImage => ({
  image,
  digest: digestOf(image) ?? '',
  tag: shortName(image),
  scan: {status: '', critical: 0, high: 0},
})

/** Carries it out, shown as any deployment is, and says how it ended. */
export async function restart({voice, steer, follow, leaveRunning}: Teller, {site, plan}: Restart): Promise<Outcome> {
  const {clock} = site
  const [api, steering] = await Promise.all([
    aws(site, 'ecs', 'codedeploy', 'cloudwatch', 'elb', 'logs', 'autoscaling'),
    steer(site),
  ])
  await refuseIfChanged(api, plan)
  const observe = await observer(site, plan.group, plan.targetGroups)
  const testUrl = () => testUrlOf(site, plan.group)
  const deadline = new Date(clock.now().getTime() + patience(plan, 'traffic'))
  const failFast = {stop: api.stop, hear: voice.hear}
  const run = deploy({...api, observe, testUrl}, plan, {until: 'traffic', deadline, failFast}, steering, clock)
  const outcome = await follow(run, clock, (event) => {
    if (event.type === 'done' && event.step === 'create') leaveRunning(event.detail, site)
  })
  voice.print((canvas) => outcomeText(outcome, canvas))
  return outcome
}
