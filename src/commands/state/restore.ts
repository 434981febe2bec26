import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {UsageError} from '../../errors.js'
import {nameArg, writeFlags} from '../../flags.js'
import {readHistory} from '../../state/backups/history.js'
import {historyChoices} from '../../state/backups/history-text.js'
import {planRestore, restore} from '../../state/backups/restore.js'
import {restoreDocument, restoredText, restoreText} from '../../state/backups/restore-text.js'
import type {Reach} from '../../state/backups/sources.js'
import {freeState, reachOf, writingOf} from '../../state-access.js'

export default class StateRestore extends FbCommand {
  static override description =
    'Put an older state in place of the current one: a backup, an S3 version or a file. The replaced one is kept as a backup.'
  static override examples = [
    'fb state restore --env prod',
    'fb state restore 20261123-101500-a1b2c3d4 --env prod --dry-run',
    'fb state restore ./prod.tfstate --env prod --confirm fastapi-bootstrap-prod --yes',
  ]
  static override args = {
    state: nameArg({description: 'a backup, a version (both as fb state backups shows them), a file or s3://...'}),
  }
  static override flags = {
    ...writeFlags,
    confirm: Flags.string({description: 'instead of typing it: the name of app and environment', helpValue: 'APP-ENV'}),
  }

  async run(): Promise<ReturnType<typeof restoreDocument>> {
    const {args, flags} = await this.parse(StateRestore)
    if (args.state === undefined) this.ask.needTerminal('STATE', whichBackup())
    const site = await this.openStack(flags)
    const caller = await this.identify(site)
    const {name} = site.environment
    await freeState(site, flags['lock-timeout'], (line) => this.voice.tell(line))
    const reach = await reachOf(site, this.directory)
    const plan = await planRestore(reach, args.state ?? (await this.pick(reach, site.clock.now())))
    const said = {env: name, now: site.clock.now()}
    if (flags['dry-run'] || plan.same) {
      this.voice.print((canvas) => restoreText(plan, said, canvas))
      return restoreDocument(plan)
    }
    this.voice.tell((canvas) => restoreText(plan, said, canvas))
    await this.ask.confirmLoss(site, flags.confirm, `Restore the state of ${name}?`)
    const writing = await writingOf(site, {caller, worker: this.worker, lockTimeout: flags['lock-timeout']})
    const done = await this.carryOut(restore(writing, reach, plan, 'fb state restore'), site.clock)
    this.voice.print((canvas) => restoredText(plan, done, said, canvas))
    return restoreDocument(plan, done)
  }

  private async pick(reach: Reach, now: Date): Promise<string> {
    return this.ask.choose('Which state?', historyChoices((await readHistory(reach, 30)).entries, now), 'STATE')
  }
}

const whichBackup = () =>
  new UsageError('Name the backup to restore: there is no terminal to choose one on.', {
    code: 'answer_missing',
    state: 'Nothing was changed.',
    next: ['fb state backups', 'fb state restore BACKUP'],
  })
