import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {explain, Interrupted} from '../../errors.js'
import {terraformFlags} from '../../flags.js'
import {type Drift, readDrift, withCulprits} from '../../infra/drift.js'
import {driftText} from '../../infra/drift-text.js'
import {asidesText} from '../../infra/plan-text.js'
import {targetsIn} from '../../infra/targets.js'
import type {Site} from '../../site.js'
import type {Stack} from '../../stack-access.js'
import {planStack} from '../../stack-plan.js'

const DIFFERENCES = 10

export default class InfraDrift extends FbCommand {
  static override description =
    'Show what is in AWS and no longer as Terraform left it, and who is behind: somebody in the console, or another tool.'
  static override examples = [
    'fb infra drift --env prod',
    'fb infra drift --env prod --exit-code --quiet || page-someone',
    "fb infra drift --env prod --json | jq '.drifted[] | {address, by}'",
  ]
  static override flags = {
    ...terraformFlags,
    'exit-code': Flags.boolean({description: 'exit 10 when something has drifted'}),
  }

  async run(): Promise<Drift> {
    const {flags} = await this.parse(InfraDrift)
    const site = await this.openStack(flags)
    this.stands('Nothing was changed.')
    await this.caller(site)
    const lockTimeout = flags['lock-timeout']
    const stack = await this.planning(site, lockTimeout)
    const {'target-module': modules} = flags
    const targets = targetsIn(stack.definition, modules)
    const wanted = {lockTimeout, known: stack.known, mode: 'refresh-only' as const, targets}
    const {json} = await this.carryOut(planStack(stack, wanted), site.clock)
    const drift = await this.explained(site, stack, readDrift(json, stack.definition))
    this.voice.tell((canvas) => asidesText({warnings: [], modules, plainHttp: false}, drift, canvas))
    this.voice.print((canvas) => driftText(drift, site.clock.now(), canvas))
    if (flags['exit-code'] && drift.drifted.length > 0) this.exitAs(DIFFERENCES)
    return drift
  }

  /** What has drifted is worth knowing although nobody can be named for it. */
  private async explained(site: Site, {state}: Stack, drift: Drift): Promise<Drift> {
    if (drift.drifted.length === 0 || !state) return drift
    try {
      const {calls} = await this.aws(site, 'cloudtrail')
      return await withCulprits(drift, state.at, calls)
    } catch (error) {
      if (error instanceof Interrupted || this.signal.aborted) throw error
      return {...drift, unseen: explain(error).message}
    }
  }
}
