import {Args} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {duration, parseDuration, timeOfDay} from '../../durations.js'

export default class SandboxAdvance extends FbCommand {
  static override description = 'Move the sandbox’s time forward: whatever would have happened by then has happened.'
  static override examples = ['fb sandbox advance 5m', 'fb sandbox advance 1h30m']
  static override args = {
    time: Args.string({ignoreStdin: true, description: 'how far, such as 90s, 5m or 1h30m', required: true}),
  }

  async run() {
    const {args} = await this.parse(SandboxAdvance)
    const ms = parseDuration(args.time)
    const now = (await this.sandbox()).advance(ms)
    this.voice.print(() => [`${duration(ms)} later: it is ${timeOfDay(now, {seconds: true})} in the sandbox.`])
    return {now}
  }
}
