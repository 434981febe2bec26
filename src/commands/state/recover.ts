import {FbCommand} from '../../command.js'
import {nameArg, writeFlags} from '../../flags.js'
import {planRecovery, restore} from '../../state/backups/restore.js'
import {restoreDocument, restoredText, restoreText} from '../../state/backups/restore-text.js'
import {freeState, reachOf, writingOf} from '../../state-access.js'

export default class StateRecover extends FbCommand {
  static override description =
    'Push the errored.tfstate that Terraform left behind when it could not save the state, after checking that nobody has gone on without it.'
  static override examples = ['fb state recover errored.tfstate --env prod']
  static override args = {file: nameArg({description: 'the errored.tfstate', required: true})}
  static override flags = writeFlags

  async run(): Promise<ReturnType<typeof restoreDocument>> {
    const {args, flags} = await this.parse(StateRecover)
    const site = await this.openStack(flags)
    const caller = await this.identify(site)
    await freeState(site, flags['lock-timeout'], (line) => this.voice.tell(line))
    const reach = await reachOf(site, this.directory)
    const plan = await planRecovery(reach, /[/\\]/.test(args.file) ? args.file : `./${args.file}`)
    const {name} = site.environment
    const said = {env: name, now: site.clock.now(), as: 'recover' as const}
    if (flags['dry-run'] || plan.same) {
      this.voice.print((canvas) => restoreText(plan, said, canvas))
      return restoreDocument(plan)
    }
    this.voice.tell((canvas) => restoreText(plan, said, canvas))
    await this.ask.confirm(site, flags.yes, `Make this the state of ${name}?`)
    const writing = await writingOf(site, {caller, worker: this.worker, lockTimeout: flags['lock-timeout']})
    const done = await this.carryOut(restore(writing, reach, plan, 'fb state recover'), site.clock)
    this.voice.print((canvas) => restoredText(plan, done, said, canvas))
    return restoreDocument(plan, done)
  }
}
