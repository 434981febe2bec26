import {FbCommand} from '../../command.js'
import {nameArg, stackFlags} from '../../flags.js'
import {currentState} from '../../state/current.js'
import {inOrder, matching} from '../../state/document/addresses.js'
import {instancesOf} from '../../state/document/document.js'
import {digestWarning} from '../../state/locks/digest.js'
import {type Shown, shown, shownText} from '../../state/show-text.js'

export default class StateShow extends FbCommand {
  static override description =
    'Show what the Terraform state knows of a resource. Passwords, tokens and keys are never shown.'
  static override examples = [
    'fb state show module.ecs.aws_ecs_cluster.main --env prod',
    'fb state show \'module.ecs.aws_ecs_service.app["v1"]\' --env prod',
    'fb state show aws_vpc.main --env prod --json | jq -r .attributes.id',
  ]
  static override args = {
    address: nameArg({
      description: 'an instance; a resource, a module or a pattern with * shows each (--json: a list)',
      required: true,
    }),
  }
  static override flags = stackFlags

  async run(): Promise<Shown | Shown[]> {
    const {args, flags} = await this.parse(StateShow)
    const state = await currentState(await this.aws(await this.openStack(flags), 'state'), {lenient: true})
    const found = inOrder(matching([...instancesOf(state)], [args.address])).map(shown)
    const warning = digestWarning(state)
    if (warning) this.voice.tell(warning)
    this.voice.print((canvas) => {
      const room = this.voice.onScreen ? canvas : {...canvas, width: Number.POSITIVE_INFINITY}
      return found.flatMap((one, i) => [...(i > 0 ? [''] : []), ...shownText(one, room)])
    })
    return found.length === 1 && found[0]!.address === args.address ? found[0]! : found
  }
}
