import {columns} from '../../columns.js'
import {FbCommand} from '../../command.js'

export default class SandboxFaults extends FbCommand {
  static override description = 'List the faults the sandbox can play, to rehearse what goes wrong.'
  static override examples = ['fb sandbox faults', 'fb sandbox fault throttle:5']

  async run() {
    await this.parse(SandboxFaults)
    const {faults} = await import('../../sandbox/faults.js')
    this.voice.print(({paint}) =>
      columns(
        faults.map(({name, argument, description}) => [
          `${name}${argument ? paint.dim(`[:${argument}]`) : ''}`,
          description,
        ]),
      ),
    )
    return faults.map(({name, argument, description}) => ({name, argument, description}))
  }
}
