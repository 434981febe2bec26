import {FbCommand} from '../../command.js'
import {nameArg, writeFlags} from '../../flags.js'
import {currentState} from '../../state/current.js'
import {type Edit, editState} from '../../state/edit.js'
import {type Edited, editedOf, moveDone, moveText} from '../../state/edit-text.js'
import {type Moved, planMove} from '../../state/move.js'
import {count} from '../../state/words.js'
import {freeState, writingOf} from '../../state-access.js'
import {findTerraform, refuseNewer} from '../../terraform/binary.js'
import {editFile} from '../../terraform/state-file.js'

export default class StateMv extends FbCommand {
  static override description = 'Give resources another address in the state. Nothing changes in AWS.'
  static override examples = [
    'fb state mv aws_vpc.main module.network.aws_vpc.main --env dev --dry-run',
    'fb state mv aws_ecs_service.app \'aws_ecs_service.app["v1"]\' --env prod',
    'fb state mv module.network module.vpc --env dev --yes --json',
  ]
  static override args = {
    from: nameArg({description: 'an instance, a resource with all its instances, or a module', required: true}),
    to: nameArg({description: 'its new address; a resource keeps its type', required: true}),
  }
  static override flags = writeFlags

  async run(): Promise<Edited & {moved: Moved[]}> {
    const {args, flags} = await this.parse(StateMv)
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const site = await this.openStack(flags)
    const {parent, signal} = this
    const {name} = site.environment
    const terraform = await findTerraform(parent)
    const caller = await this.identify(site)
    const store = await freeState(site, flags['lock-timeout'], (line) => this.voice.tell(line))
    const plan = planMove(await currentState(store), args.from, args.to)
    const {moved} = plan
    refuseNewer(terraform, plan.current.terraformVersion)
    if (flags['dry-run']) {
      this.voice.print((canvas) => moveText(plan, true, canvas))
      return {...editedOf(name, plan), moved}
    }
    this.voice.tell((canvas) => moveText(plan, false, canvas))
    await this.ask.confirm(site, flags.yes, `Move ${count(moved.length, 'resource')} in the state of ${name}?`)

    const writing = await writingOf(site, {caller, worker: this.worker, lockTimeout: flags['lock-timeout']})
    const change = (bytes: Buffer, edit: Edit) => editFile(terraform, bytes, edit, {parent, signal})
    const edited = editedOf(name, plan, await this.carryOut(editState(writing, plan, change), site.clock))
    this.voice.print((canvas) => moveDone(plan, edited, canvas))
    return {...edited, moved}
  }
}
