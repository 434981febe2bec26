import {Flags} from '@oclif/core'

import {durationFlag, FbCommand, stackFlags} from '../../command.js'
import {speaksPlainHttp} from '../../infra/definition.js'
import type {Plan} from '../../infra/plan.js'
import {planText} from '../../infra/plan-text.js'
import {plainHttp} from '../../infra/summary.js'
import {addressesIn} from '../../infra/targets.js'
import {definitionFor, refuseSandbox, stackSettingsOf, startingPoint, workFor} from '../../stack-access.js'
import {planStack} from '../../stack-plan.js'
import {findTerraform} from '../../terraform/binary.js'

const DIFFERENCES = 10

export default class InfraPlan extends FbCommand {
  static override description =
    'Compare the definition of an environment with what is in AWS, and show what an apply would do.'
  static override examples = [
    'fb infra plan --env prod',
    'fb infra plan --env prod --out plans/prod.fbplan',
    'fb infra plan --env prod --exit-code --quiet || page-someone',
    'fb infra plan --env dev --json | jq \'.changes[] | select(.action == "destroy").address\'',
  ]
  static override flags = {
    ...stackFlags,
    out: Flags.string({description: 'file to keep the plan in, for fb infra up --plan', helpValue: 'FILE'}),
    'exit-code': Flags.boolean({description: 'exit 10 when something differs'}),
    'target-module': Flags.string({
      description: 'plan only this module and what it needs; several are fine',
      helpValue: 'NAME',
      multiple: true,
    }),
    'lock-timeout': durationFlag({description: 'how long to wait for a lock that is held', default: 0}),
  }

  async run(): Promise<Plan> {
    const {flags} = await this.parse(InfraPlan)
    const site = await this.openStack(flags)
    refuseSandbox(site)
    this.stands('Nothing was changed.')
    const {parent, directory} = this
    const terraform = await findTerraform(parent)
    await this.identify(site)
    const settings = await stackSettingsOf(site, this.config.root)
    const definition = await definitionFor(settings)
    const targets = flags['target-module']?.flatMap((name) => addressesIn(definition, name))
    const lockTimeout = flags['lock-timeout']
    const {known} = await startingPoint(site, terraform, lockTimeout)
    const work = workFor(site, {terraform, parent, directory})
    const {plan} = await this.carryOut(planStack(definition, work, {lockTimeout, known, targets}), site.clock)
    this.voice.print((canvas) => planText(plan, canvas))
    if (speaksPlainHttp(settings)) this.voice.tell((canvas) => plainHttp(definition.env, canvas))
    if (flags['exit-code'] && !plan.empty) this.exitAs(DIFFERENCES)
    return plan
  }
}
