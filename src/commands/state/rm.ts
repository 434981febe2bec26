import {FbCommand} from '../../command.js'
import {allNamed, nameArg, writeFlags} from '../../flags.js'
import {currentState} from '../../state/current.js'
import {type Edit, editState, type Thing} from '../../state/edit.js'
import {type Edited, editedOf, removalDone, removalText} from '../../state/edit-text.js'
import {planRemoval} from '../../state/removal.js'
import {count} from '../../state/words.js'
import {freeState, writingOf} from '../../state-access.js'
import {findTerraform, refuseNewer} from '../../terraform/binary.js'
import {editFile} from '../../terraform/state-file.js'

export default class StateRm extends FbCommand {
  static override description =
    'Let Terraform forget resources. They stay in AWS as they are, and nobody manages them any more.'
  static override examples = [
    'fb state rm aws_vpc.main --env dev --dry-run',
    'fb state rm \'module.ecs.aws_ecs_service.app["v1"]\' --env prod',
    'fb state rm module.network aws_kms_key.data --env dev --yes --json',
  ]
  static override strict = false
  static override args = {
    address: nameArg({
      description:
        'an instance, a resource with all its instances, a module with all that is in it, or a pattern with * in quotes',
      required: true,
    }),
  }
  static override flags = writeFlags

  async run(): Promise<Edited & {forgotten: Thing[]}> {
    const {argv, flags} = await this.parse(StateRm)
    const addresses = allNamed(argv, 'ADDRESS')
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const site = await this.openStack(flags)
    const {parent, signal} = this
    const {name} = site.environment
    const terraform = await findTerraform(parent)
    const caller = await this.identify(site)
    const store = await freeState(site, flags['lock-timeout'], (line) => this.voice.tell(line))
    const plan = planRemoval(await currentState(store), addresses)
    const {forgotten} = plan
    refuseNewer(terraform, plan.current.terraformVersion)
    if (flags['dry-run']) {
      this.voice.print((canvas) => removalText(plan, true, canvas))
      return {...editedOf(name, plan), forgotten}
    }
    this.voice.tell((canvas) => removalText(plan, false, canvas))
    await this.ask.confirm(site, flags.yes, `Let the state of ${name} forget ${count(forgotten.length, 'resource')}?`)

    const writing = await writingOf(site, {caller, worker: this.worker, lockTimeout: flags['lock-timeout']})
    const change = (bytes: Buffer, edit: Edit) => editFile(terraform, bytes, edit, {parent, signal})
    const edited = editedOf(name, plan, await this.carryOut(editState(writing, plan, change), site.clock))
    this.voice.print((canvas) => removalDone(forgotten, edited, canvas))
    return {...edited, forgotten}
  }
}
