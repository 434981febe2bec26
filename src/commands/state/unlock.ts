import {Args} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {UsageError} from '../../errors.js'
import {stackFlags} from '../../flags.js'
import {lockStatus} from '../../state/locks/lock-status.js'
import {lockText} from '../../state/locks/lock-text.js'
import {planUnlock, type Unlocked, unlock, unlockText} from '../../state/locks/unlock.js'
import {writingOf} from '../../state-access.js'
import {livenessOf} from '../../terraform/liveness.js'

export default class StateUnlock extends FbCommand {
  static override description =
    'Free a lock that was left behind, and mend the digest when a write was cut off. A holder that is still at work on this machine keeps its lock.'
  static override examples = [
    'fb state unlock --env prod',
    'fb state unlock 5c2f6a4e-3c1b-7e1b-0d0f-6f2a2f6f9c11 --env prod --yes',
  ]
  static override args = {id: Args.string({description: 'the lock, as fb state lock shows it'})}
  static override flags = stackFlags

  async run(): Promise<Unlocked> {
    const {args, flags} = await this.parse(StateUnlock)
    const site = await this.openStack(flags)
    const caller = await this.identify(site)
    const {name} = site.environment
    const writing = await writingOf(site, {caller, worker: this.worker, lockTimeout: 0})
    const liveness = (taker: Parameters<typeof livenessOf>[0]) => livenessOf(taker, this.worker.host)
    const status = await lockStatus(writing.store, {liveness})
    const meant = planUnlock(status, args.id)
    const toDo = meant.length > 0 || status.digest === 'differs'
    if (toDo) {
      this.voice.tell((canvas) => lockText(status, {env: name, now: site.clock.now(), unlocking: true}, canvas))
      if (flags.yes && meant.length > 0 && args.id === undefined) throw whichLock(meant[0]!.id)
      await this.ask.confirm(
        site,
        flags.yes,
        meant.length > 0 ? `Free the lock of ${name}?` : `Mend the digest of ${name}?`,
      )
    }
    const unlocked = await unlock(writing, status, meant)
    this.voice.print((canvas) => unlockText(unlocked, name, status.loss, canvas))
    return unlocked
  }
}

const whichLock = (id: string) =>
  new UsageError('--yes frees only a lock that is named: by now it may be another one.', {
    code: 'lock_missing',
    state: 'Nothing was changed.',
    next: [`fb state unlock ${id || "''"} --yes`],
  })
