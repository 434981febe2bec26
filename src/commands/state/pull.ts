import {FbCommand} from '../../command.js'
import {stackFlags} from '../../flags.js'
import {currentBytes} from '../../state/current.js'
import {readDocument} from '../../state/document/document.js'
import {digestWarning} from '../../state/locks/digest.js'

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
    const store = await this.aws(await this.openStack(flags), 'state')
    const state = await currentBytes(store, {lenient: true})
    const warning = digestWarning(state)
    if (warning) this.voice.tell(warning)
    this.complain(state.bytes, `${store.objects.place}${store.key}`)
    this.voice.bytes(state.bytes)
  }

  /** What is broken is what somebody must look at; only a program that wants JSON gets none of it. */
  private complain(bytes: Buffer, from: string): void {
    try {
      readDocument(bytes, from)
    } catch (error) {
      if (this.voice.json) throw error
      this.voice.tell((error as Error).message)
    }
  }

  /** The state is one JSON document already. */
  protected override logJson(): void {}
}
