import {FbCommand} from '../../command.js'
import {stackFlags} from '../../flags.js'
import {type LockStatus, lockStatus} from '../../state/locks/lock-status.js'
import {lockText} from '../../state/locks/lock-text.js'
import {livenessOf} from '../../terraform/liveness.js'

export default class StateLock extends FbCommand {
  static override description =
    'Show who holds the state, since when and what for, whether that process can still be alive, and whether Terraform would read the state.'
  static override examples = ['fb state lock --env prod', 'fb state lock --env prod --json | jq .held']
  static override flags = stackFlags

  async run(): Promise<LockStatus> {
    const {flags} = await this.parse(StateLock)
    const site = await this.openStack(flags)
    const liveness = (taker: Parameters<typeof livenessOf>[0]) => livenessOf(taker, this.worker.host)
    const {holders: _, ...status} = await lockStatus(await this.aws(site, 'state'), {liveness})
    this.voice.print((canvas) => lockText(status, {env: site.environment.name, now: site.clock.now()}, canvas))
    return status
  }
}
