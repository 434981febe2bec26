import {FbCommand} from '../../command.js'
import {stackFlags} from '../../flags.js'
import {currentState} from '../../state/current.js'
import {refusedByTerraform} from '../../state/digest.js'

export default class StatePull extends FbCommand {
  static override description =
    'Print the state as it lies in S3, byte for byte. It holds the secrets of the infrastructure in plain text.'
  static override examples = [
    'fb state pull --env prod | jq .outputs',
    '(umask 077; fb state pull --env prod > prod.tfstate)',
  ]
  static override flags = stackFlags

  async run(): Promise<void> {
    const {flags} = await this.parse(StatePull)
    const state = await currentState(await this.aws(await this.openStack(flags), 'state'))
    if (!state.digestMatches) this.voice.tell(refusedByTerraform)
    this.voice.bytes(state.bytes)
  }

  /** The state is one JSON document already. */
  protected override logJson(): void {}
}
