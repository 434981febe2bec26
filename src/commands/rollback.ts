import {Args, Flags, type Interfaces} from '@oclif/core'

import {FbCommand} from '../command.js'
import {patience} from '../deploy/plan.js'
import {refuseIfChanged} from '../deploy/refusals.js'
import {rollback} from '../deploy/rollback.js'
import {nothingToDo, type RollbackOutcome, rollbackText} from '../deploy/rollback-outcome.js'
import {question} from '../deploy/rollback-path-text.js'
import {planRollback, type RollbackPlan} from '../deploy/rollback-plan.js'
import {rollbackPlanDocument, rollbackPlanText} from '../deploy/rollback-plan-text.js'
import {readSituation, type Situation} from '../deploy/rollback-situation.js'
import {choices, findTarget, sayUndone, targetChoices, undone} from '../deploy/rollback-target.js'
import type {WaitFor} from '../deploy/watch.js'
import {UsageError} from '../errors.js'
import {durationFlag, named, siteFlags} from '../flags.js'
import type {Site} from '../site.js'

export default class Rollback extends FbCommand {
  static override description =
    'Go back to a release that served well, by the fastest way there is. Needs neither templates nor git; alarms do not stop it.'
  static override examples = [
    'fb rollback --env prod',
    'fb rollback v57 --env prod --reason "errors in search"',
    'fb rollback --env prod --dry-run',
    'fb rollback --env prod --to 1.4.1 --yes --json > rollback.json',
  ]
  static override args = {
    release: Args.string({
      ignoreStdin: true,
      description: 'release number, tag or digest (default: the last one that served well)',
    }),
  }
  static override flags = {
    ...siteFlags,
    to: Flags.string({description: 'the same as the argument', helpValue: 'RELEASE'}),
    reason: Flags.string({char: 'r', description: 'why; kept in AWS and shown by fb releases', env: 'FB_REASON'}),
    strategy: Flags.string({
      description: 'how traffic moves when the release has to be deployed again (default: all-at-once)',
    }),
    'respect-alarms': Flags.boolean({description: 'let alarms stop a deployment that goes back, too'}),
    wait: Flags.string({
      description: 'what to wait for',
      options: ['started', 'traffic', 'complete'],
      default: 'traffic',
      env: 'FB_WAIT',
    }),
    timeout: durationFlag({description: 'how long to wait, such as 45m', env: 'FB_TIMEOUT'}),
    'dry-run': Flags.boolean({description: 'show the plan, then stop'}),
  }

  async run(): Promise<RollbackOutcome | ReturnType<typeof rollbackPlanDocument>> {
    const {args, flags} = await this.parse(Rollback)
    const wanted = wantedOf(args.release, flags.to)
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const site = await this.open(flags)
    const {clock} = site
    const plan = await this.plan(site, flags, wanted)
    if (plan.already) return this.conclude(nothingToDo(plan), rollbackText)
    if (flags['dry-run']) {
      this.voice.print((canvas) => rollbackPlanText(plan, clock.now(), canvas))
      return rollbackPlanDocument(plan)
    }
    this.voice.tell((canvas) => rollbackPlanText(plan, clock.now(), canvas))
    const {path, group, targetGroups} = plan
    if (path !== 'attach') await this.ask.confirm(site, flags.yes, question(plan))

    const api = await this.aws(site, 'ecs', 'codedeploy', 'cloudwatch', 'elb', 'logs', 'autoscaling')
    if (path === 'redeploy') await refuseIfChanged(api, plan)
    const until = flags.wait as WaitFor
    const deadline = new Date(clock.now().getTime() + (flags.timeout ?? patience(plan, until)))
    const observe = await this.observer(site, group, targetGroups)
    const run = rollback({...api, observe}, plan, {until, deadline}, clock)
    return this.conclude(await this.carryOut(run, clock), rollbackText)
  }

  private async plan(site: Site, flags: RollbackFlags, wanted?: string): Promise<RollbackPlan> {
    const {account, arn: caller} = await this.identify(site)
    const {environment, service, names, clock} = site
    const scene = {env: environment.name, account, region: environment.region, service, caller, names}
    const api = await this.aws(site, 'ecs', 'codedeploy', 'elb', 'cloudwatch')
    const situation = await this.voice.waiting(readSituation(api, scene))
    const chosen = wanted ?? (await this.pick(situation, flags, clock.now()))
    const target = await findTarget(api, situation, chosen)
    return planRollback(api, situation, target, {...flags, respectAlarms: flags['respect-alarms']})
  }

  /** Where there is a choice and somebody to make it. Before any traffic has moved there is only one way: to end it. */
  private async pick(situation: Situation, flags: RollbackFlags, now: Date): Promise<string | undefined> {
    const {underWay} = situation
    if (flags.yes || flags['dry-run'] || underWay?.returning || underWay?.traffic === 0) return undefined
    const last = undone(situation)
    if (choices(situation).length < (last ? 1 : 2)) return undefined
    if (last) this.voice.tell(({safe}) => [safe(sayUndone(situation, last, now)), ''])
    return this.ask.choose(
      last ? 'Further back, to which release?' : 'Back to which release?',
      targetChoices(situation, now),
      '--to',
    )
  }
}

type RollbackFlags = Interfaces.InferredFlags<typeof Rollback.flags>

function wantedOf(release: string | undefined, to: string | undefined): string | undefined {
  if (release === undefined || to === undefined || release === to) return given(release ?? to)
  throw new UsageError('RELEASE and --to name two releases.', {code: 'two_releases', state: 'Nothing was changed.'})
}

const given = (wanted: string | undefined) => (wanted === undefined ? undefined : named(wanted, 'RELEASE'))
