import {FbCommand} from '../../command.js'
import {nameFlag, writeFlags} from '../../flags.js'
import {type AdoptPlan, adopt, adoptedText, adoptText, planAdopt} from '../../state/backups/adopt.js'
import {freeState, storeAt, writingOf} from '../../state-access.js'

export default class StateAdopt extends FbCommand {
  static override description =
    'Copy a state that is kept under another key of the bucket to where fb and its infrastructure keep it.'
  static override examples = ['fb state adopt --from-key terraform.tfstate --env prod']
  static override flags = {
    ...writeFlags,
    'from-key': nameFlag({description: 'key of the state in the bucket', helpValue: 'KEY', required: true}),
  }

  async run(): Promise<AdoptPlan & {already: boolean}> {
    const {flags} = await this.parse(StateAdopt)
    const site = await this.openStack(flags)
    const caller = await this.identify(site)
    const {name} = site.environment
    const hands = {caller, worker: this.worker, lockTimeout: flags['lock-timeout']}
    const [writing, old] = await Promise.all([writingOf(site, hands), storeAt(site, flags['from-key'])])
    await freeState(site, flags['lock-timeout'], (line) => this.voice.tell(line))
    const plan = await planAdopt(old, writing.store)
    if (flags['dry-run']) {
      this.voice.print((canvas) => adoptText(plan, canvas))
      return plan
    }
    if (!plan.already) {
      this.voice.tell((canvas) => adoptText(plan, canvas))
      await this.ask.confirm(site, flags.yes, `Make this the state of ${name}?`)
      await this.carryOut(adopt(writing, old, plan, 'fb state adopt'), site.clock)
    }
    this.voice.print((canvas) => adoptedText(plan, name, plan.already, canvas))
    return plan
  }
}
