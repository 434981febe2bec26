import {Args, Command} from '@oclif/core'

import Help from '../help.js'

export default class HelpCommand extends Command {
  static override description = 'Show help: of a command, of a topic, or of the exit codes.'
  static override examples = ['fb help deploy', 'fb help sandbox', 'fb help exit-codes']
  static override args = {command: Args.string({description: 'what to explain; leave it out for the overview'})}
  static override strict = false

  async run(): Promise<void> {
    await new Help(this.config).showHelp(this.argv)
  }
}
