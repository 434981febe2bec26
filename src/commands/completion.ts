import {Args, Command} from '@oclif/core'

import {bash} from '../completion/bash.js'
import {fish} from '../completion/fish.js'
import {places} from '../completion/places.js'
import {zsh} from '../completion/zsh.js'
import {explainParse} from '../parse-errors.js'

const shells = {bash, zsh, fish}

export default class Completion extends Command {
  static override description = 'Print the script that lets a shell complete fb. It starts no fb while you type.'
  static override examples = [
    'fb completion bash > ~/.local/share/bash-completion/completions/fb',
    'fb completion zsh > $fpath[1]/_fb',
    'fb completion fish > ~/.config/fish/completions/fb.fish',
  ]
  static override args = {
    shell: Args.string({
      description: 'bash, zsh or fish',
      options: Object.keys(shells),
      required: true,
      ignoreStdin: true,
    }),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(Completion)
    const {commands, topics} = this.config
    this.log(shells[args.shell as keyof typeof shells](places(commands, topics)).trimEnd())
  }

  protected override async catch(error: Error): Promise<void> {
    throw explainParse(error, {}, this.id) ?? error
  }
}
