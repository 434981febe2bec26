import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {durationFlag, stackFlags} from '../../flags.js'
import {speaksPlainHttp} from '../../infra/definition.js'
import {keptBytes, keptPlan} from '../../infra/kept-plan.js'
import type {Plan} from '../../infra/plan.js'
import {asidesText, planText} from '../../infra/plan-text.js'
import {addressesIn} from '../../infra/targets.js'
import {openPlanning, placeFor} from '../../stack-access.js'
import {planStack} from '../../stack-plan.js'

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
    out: Flags.string({description: 'file to keep the plan in; it holds the secrets of the state', helpValue: 'FILE'}),
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
    this.stands('Nothing was changed.')
    const keep = flags.out === undefined ? undefined : await placeFor(flags.out, this.directory)
    const by = await this.identify(site)
    const {parent, directory} = this
    const lockTimeout = flags['lock-timeout']
    const stack = await openPlanning(site, {root: this.config.root, parent, directory, lockTimeout})
    const modules = flags['target-module']
    const targets = modules?.flatMap((name) => addressesIn(stack.definition, name, '--target-module'))
    const {known} = stack
    const made = await this.carryOut(planStack(stack.definition, stack.work, {lockTimeout, known, targets}), site.clock)
    const {plan, warnings} = made
    await keep?.(keptBytes(keptPlan(stack, made, {fb: this.config.version, by: by.arn, made: site.clock.now()})))
    this.voice.tell((canvas) =>
      asidesText({warnings, modules, plainHttp: speaksPlainHttp(stack.settings)}, plan, canvas),
    )
    this.voice.print((canvas) => planText(plan, {kept: flags.out}, canvas))
    if (flags['exit-code'] && !plan.empty) this.exitAs(DIFFERENCES)
    return plan
  }
}
