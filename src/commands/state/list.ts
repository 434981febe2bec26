import {FbCommand} from '../../command.js'
import {allNamed, nameArg, stackFlags} from '../../flags.js'
import {currentState} from '../../state/current.js'
import {type Listing, listing, listingLines, listingText} from '../../state/listing.js'
import {digestWarning} from '../../state/locks/digest.js'

export default class StateList extends FbCommand {
  static override description =
    'List what the Terraform state knows. In a pipe it prints what `terraform state list` prints, line for line.'
  static override examples = [
    'fb state list --env prod',
    'fb state list module.ecs --env prod',
    "fb state list 'module.ecs.*' '*aws_lb*' --env prod",
    "fb state list --env prod --json | jq '.resources[] | select(.tainted)'",
  ]
  static override strict = false
  static override args = {
    address: nameArg({
      description: 'an instance, a resource, a module, or a pattern with * in quotes; several are fine',
    }),
  }
  static override flags = stackFlags

  async run(): Promise<Listing> {
    const {argv, flags} = await this.parse(StateList)
    const addresses = allNamed(argv, 'ADDRESS')
    const site = await this.openStack(flags)
    const state = await currentState(await this.aws(site, 'state'), {lenient: true})
    const found = listing(state, site.environment.name, addresses)
    const warning = digestWarning(state)
    if (warning) this.voice.tell(warning)
    if (found.resources.length === 0) this.voice.tell('The state is there and knows no resource.')
    else this.voice.print((canvas) => (this.voice.onScreen ? listingText(found, canvas) : listingLines(found)))
    return found
  }
}
