import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'

export default class SandboxReset extends FbCommand {
  static override description = 'Start the sandbox afresh: version 1.0.0 lives, all alarms are OK, no fault is set.'
  static override examples = ['fb sandbox reset', 'fb sandbox reset --speed 1', 'fb sandbox reset --speed 0']
  static override flags = {
    speed: Flags.integer({
      description: 'how fast its time runs: 1 as ours, 0 stands still until advanced',
      default: 60,
      min: 0,
      max: 3600,
      env: 'FB_SANDBOX_SPEED',
    }),
  }

  async run() {
    const {flags} = await this.parse(SandboxReset)
    const sandbox = await this.sandbox()
    sandbox.reset({speed: flags.speed})
    this.voice.print(() => ['The sandbox is new.', '  Next   fb deploy --env sandbox --tag 1.1.0'])
    return sandbox.status()
  }
}
