import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {terraformFlags} from '../../flags.js'
import {speaksPlainHttp} from '../../infra/definition.js'
import {keptBytes, keptPlan} from '../../infra/kept-plan.js'
import type {Plan} from '../../infra/plan.js'
import {asidesText, planText} from '../../infra/plan-text.js'
import {targetsIn} from '../../infra/targets.js'
import {placeFor} from '../../stack-access.js'
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
    ...terraformFlags,
    out: Flags.string({description: 'file to keep the plan in; it holds the secrets of the state', helpValue: 'FILE'}),
    'exit-code': Flags.boolean({description: 'exit 10 when something differs'}),
  }

  async run(): Promise<Plan> {
    const {flags} = await this.parse(InfraPlan)
    const site = await this.openStack(flags)
    this.stands('Nothing was changed.')
    const keep = flags.out === undefined ? undefined : await placeFor(flags.out, this.directory)
    const by = await this.identify(site)
    const {'lock-timeout': lockTimeout, 'target-module': modules} = flags
    const stack = await this.planning(site, lockTimeout)
    const {known} = stack
    const targets = targetsIn(stack.definition, modules)
    const made = await this.carryOut(planStack(stack, {lockTimeout, known, targets}), site.clock)
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
