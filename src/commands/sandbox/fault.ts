import {Args, Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {UsageError} from '../../errors.js'

export default class SandboxFault extends FbCommand {
  static override description = 'Set a fault in the sandbox, or clear all of them.'
  static override examples = [
    'fb sandbox fault crash-loop',
    'fb sandbox fault access-denied:CreateDeployment',
    'fb sandbox fault --clear',
  ]
  static override args = {
    fault: Args.string({ignoreStdin: true, description: 'name, or name:argument (fb sandbox faults lists them)'}),
  }
  static override flags = {clear: Flags.boolean({description: 'clear every fault that is set'})}

  async run() {
    const {args, flags} = await this.parse(SandboxFault)
    const sandbox = await this.sandbox()
    if (flags.clear) sandbox.clearFaults()
    if (args.fault) sandbox.fault(args.fault)
    if (!flags.clear && !args.fault)
      throw new UsageError('Which fault?', {code: 'argument_missing', next: ['fb sandbox faults']})
    const {faults} = sandbox.status()
    const set = faults.map(({name, argument}) => (argument ? `${name}:${argument}` : name))
    this.voice.print(() => [
      set.length > 0 ? `Set: ${set.join(', ')}. fb sandbox fault --clear ends it.` : 'No fault is set.',
    ])
    return {faults}
  }
}
