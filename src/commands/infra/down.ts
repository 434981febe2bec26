import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {duration} from '../../durations.js'
import type {Canvas} from '../../events.js'
import {terraformFlags} from '../../flags.js'
import {countsText, planText} from '../../infra/plan-text.js'
import {type TornDown, teardownText, tornDown, tornDownText} from '../../infra/teardown-text.js'
import type {Site} from '../../site.js'
import {applyStack} from '../../stack-apply.js'
import {openPlan} from '../../stack-directory.js'
import {meansFor, refuseWhileDeploying} from '../../stack-means.js'
import {teardownOf} from '../../stack-teardown.js'

export default class InfraDown extends FbCommand {
  static override description =
    'Destroy the infrastructure of an environment. What holds data stays until it is named; a last snapshot of each database and a backup of the state are taken first.'
  static override examples = [
    'fb infra down --env dev --dry-run',
    'fb infra down --env dev --lose aws_kms_key.main',
    "fb infra down --env test --keep aws_db_instance.main --lose 'aws_ssm_parameter.*' --confirm fastapi-bootstrap-test --json",
  ]
  static override flags = {
    ...terraformFlags,
    'target-module': Flags.string({
      description: 'only this module and what needs it; several are fine',
      helpValue: 'NAME',
      multiple: true,
    }),
    keep: Flags.string({
      description: 'what stays, with all that it needs: an address, or a pattern with * in quotes; several are fine',
      helpValue: 'ADDRESS',
      multiple: true,
      default: [],
    }),
    lose: Flags.string({
      description: 'what may go although it holds data; several are fine',
      helpValue: 'ADDRESS',
      multiple: true,
      default: [],
    }),
    confirm: Flags.string({description: 'instead of typing it: the name of app and environment', helpValue: 'APP-ENV'}),
    'dry-run': Flags.boolean({description: 'show what would go and what would stay, then stop'}),
  }

  async run(): Promise<TornDown> {
    const {flags} = await this.parse(InfraDown)
    const {keep, lose, confirm, 'dry-run': dryRun, 'lock-timeout': lockTimeout, 'target-module': modules} = flags
    const site = await this.openStack(flags)
    this.stands('Nothing was changed.')
    if (!dryRun) await this.confirmed(site, confirm)
    const caller = await this.identify(site)
    const stack = await this.planning(site, lockTimeout)
    await refuseWhileDeploying(site)
    const teardown = await teardownOf(site, stack, {keep, lose, modules})
    const {targets} = teardown
    const opened = openPlan(stack, {lockTimeout, known: stack.known, mode: 'destroy', targets})
    try {
      const {plan} = await this.carryOut(opened.planning, site.clock)
      const shown = (canvas: Canvas) => [...planText(plan, {asking: true}, canvas), ...teardownText(teardown, canvas)]
      if (dryRun) {
        this.voice.print(shown)
        return tornDown(plan, teardown)
      }
      this.voice.tell(shown)
      await this.ask.confirmLoss(site, confirm, `Destroy this in ${plan.env} (${countsText(plan)})?`)
      // Minutes may have passed since the plan.
      await refuseWhileDeploying(site)
      const {directory, worker, parent} = this
      const hands = {caller, worker, lockTimeout, why: 'fb infra down', directory, env: parent.env}
      const done = await this.carryOut(applyStack({...opened, plan}, await meansFor(site, hands)), site.clock)
      const torn = tornDown(plan, teardown, done)
      this.voice.print((canvas) => tornDownText(torn, duration(done.seconds * 1000), canvas))
      return torn
    } finally {
      opened.workdir.remove()
    }
  }

  /** What is missing or wrong is said now, and not after minutes of planning. */
  private async confirmed(site: Site, confirm: string | undefined): Promise<void> {
    const {environment, names} = site
    if (confirm === undefined) this.ask.needTerminal(`--confirm ${names.repository}-${environment.name}`)
    else await this.ask.confirmLoss(site, confirm, '')
  }
}
