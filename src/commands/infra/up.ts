import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {duration} from '../../durations.js'
import {terraformFlags} from '../../flags.js'
import {type AppliedPlan, applied, appliedText} from '../../infra/applied-text.js'
import {speaksPlainHttp} from '../../infra/definition.js'
import {readKept} from '../../infra/kept-plan.js'
import {loses} from '../../infra/losses.js'
import {outputsOf} from '../../infra/outputs.js'
import type {Plan} from '../../infra/plan.js'
import {asidesText, countsText, planText} from '../../infra/plan-text.js'
import {targetsIn} from '../../infra/targets.js'
import type {Site} from '../../site.js'
import {bytesOf} from '../../stack-access.js'
import {type Agreed, applyStack} from '../../stack-apply.js'
import {missingBackend} from '../../stack-backend.js'
import {openKept, openPlan} from '../../stack-directory.js'
import {type Hands, meansFor, refuseWhileDeploying} from '../../stack-means.js'
import {bootstrap} from '../../state/backend/bootstrap.js'
import {bootstrapQuestion, bootstrapText} from '../../state/backend/bootstrap-text.js'
import {currentState} from '../../state/current.js'

type Given = {yes?: boolean; confirm?: string; 'lock-timeout': number; 'target-module'?: string[]}

export default class InfraUp extends FbCommand {
  static override description =
    'Make the infrastructure of an environment what its definition says: show the plan, ask, take a last snapshot of a database that goes, back up the state, and apply exactly that plan.'
  static override examples = [
    'fb infra up --env dev',
    'fb infra up --env prod --plan plans/prod.fbplan',
    'fb infra up --env shared --yes --json | jq .outputs',
  ]
  static override flags = {
    ...terraformFlags,
    plan: Flags.string({
      description: 'apply the plan that `fb infra plan --out` kept, and no other',
      helpValue: 'FILE',
      exclusive: ['target-module'],
    }),
    confirm: Flags.string({
      description: 'when something would be lost, instead of typing it: the name of app and environment',
      helpValue: 'APP-ENV',
    }),
  }

  async run(): Promise<AppliedPlan> {
    const {flags} = await this.parse(InfraUp)
    const {yes, 'lock-timeout': lockTimeout, 'target-module': modules} = flags
    const site = await this.openStack(flags)
    this.stands('Nothing was changed.')
    if (!yes) this.ask.needTerminal('--yes')
    if (flags.confirm !== undefined) await this.ask.confirmLoss(site, flags.confirm, '')
    const kept = flags.plan === undefined ? undefined : readKept(await bytesOf(flags.plan, this.directory), flags.plan)
    const caller = await this.identify(site)
    await this.makeBackend(site, caller, yes)
    const stack = await this.planning(site, lockTimeout)
    await refuseWhileDeploying(site)
    const targets = targetsIn(stack.definition, modules)
    const opened = kept ? openKept(stack, kept) : openPlan(stack, {lockTimeout, known: stack.known, targets})
    try {
      const {plan, warnings} = await this.carryOut(opened.planning, site.clock)
      const plainHttp = speaksPlainHttp(stack.settings)
      this.voice.tell((canvas) => asidesText({warnings, modules, plainHttp}, plan, canvas))
      return await this.apply(site, caller, {...opened, plan}, flags)
    } finally {
      opened.workdir.remove()
    }
  }

  private async apply(site: Site, caller: Hands['caller'], agreed: Agreed, flags: Given): Promise<AppliedPlan> {
    const {plan} = agreed
    const {parent, directory, worker} = this
    const hands = {caller, worker, lockTimeout: flags['lock-timeout'], why: 'fb infra up', directory, env: parent.env}
    const means = await meansFor(site, hands)
    if (plan.empty) {
      this.voice.print((canvas) => planText(plan, {}, canvas))
      return applied(plan, {done: 0, seconds: 0, snapshots: [], outputs: {}})
    }
    this.voice.tell((canvas) => planText(plan, {asking: true}, canvas))
    await this.agree(site, plan, flags)
    // Minutes may have passed since the plan.
    await refuseWhileDeploying(site)
    const done = await this.carryOut(applyStack(agreed, means), site.clock)
    const state = await currentState(means.store)
    const {'target-module': modules} = flags
    const result = applied(plan, {...done, modules, serial: state.serial, outputs: outputsOf(state, plan.env)})
    this.voice.print((canvas) => appliedText(result, duration(done.seconds * 1000), canvas))
    return result
  }

  private agree(site: Site, plan: Plan, {yes, confirm}: Given): Promise<void> {
    const question = `Apply this to ${plan.env} (${countsText(plan)})?`
    if (loses(plan, site.environment)) return this.ask.confirmLoss(site, confirm, question)
    return this.ask.confirm(site, yes, question)
  }

  /** The first time there is nothing yet that the state can be kept in. */
  private async makeBackend(site: Site, caller: Hands['caller'], yes: boolean | undefined): Promise<void> {
    const plan = await missingBackend(site, caller)
    if (!plan) return
    this.voice.tell((canvas) => bootstrapText(plan, canvas))
    await this.ask.confirm(site, yes, bootstrapQuestion(plan))
    const api = await this.aws(site, 'bucket', 'lockTable')
    await this.carryOut(bootstrap(api, plan, site.clock), site.clock)
    this.stands('There is a place for the state now; nothing else was changed.')
  }
}
