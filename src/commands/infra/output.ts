import {Args} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {stackFlags} from '../../flags.js'
import {type Outputs, outputLines, outputsOf, outputsText} from '../../infra/outputs.js'
import {currentState} from '../../state/current.js'

export default class InfraOutput extends FbCommand {
  static override description =
    'Show what the infrastructure of an environment has put out, such as its URL. Sensitive values are never shown.'
  static override examples = [
    'fb infra output --env prod',
    'curl -fsS "$(fb infra output url --env prod)/health"',
    'fb infra output --env prod --json | jq -r .url',
  ]
  static override args = {name: Args.string({description: 'only this one; in a pipe nothing but its value'})}
  static override flags = stackFlags

  async run(): Promise<Outputs> {
    const {args, flags} = await this.parse(InfraOutput)
    const site = await this.openStack(flags)
    const state = await currentState(await this.aws(site, 'state'))
    const outputs = outputsOf(state, site.environment.name, args.name)
    this.voice.print((canvas) => (args.name ? outputLines(outputs) : outputsText(outputs, canvas)))
    return outputs
  }
}
