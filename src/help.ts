import {type Command, HelpBase} from '@oclif/core'

import type {Canvas} from './events.js'
import {commandPage} from './help/command-page.js'
import {exitCodesPage, rootPage, topicPage} from './help/overview.js'
import {canvasFor, hasColour} from './terminal/colours.js'
import {unknownCommand} from './unknown-command.js'

/** Everything oclif asks help for: `--help`, `-h`, `fb help ...`, a topic on its own, nothing at all. */
export default class Help extends HelpBase {
  override async showHelp(argv: string[]): Promise<void> {
    const flags = argv.findIndex((arg) => arg.startsWith('-'))
    const words = (flags < 0 ? argv : argv.slice(0, flags)).flatMap((word) => word.split(':'))
    process.stdout.write(`${this.about(words, this.page(argv)).join('\n')}\n`)
  }

  override async showCommandHelp(command: Command.Loadable): Promise<void> {
    await this.showHelp([command.id])
  }

  private about(words: string[], page: Canvas): string[] {
    const typed = words.join(':')
    if (typed === '') return rootPage(this.shown(), page)
    if (typed === 'exit-codes') return exitCodesPage(page)
    const topic = this.config.findTopic(typed)
    const command = this.config.findCommand(typed) ?? (topic ? undefined : this.commandBefore(words))
    if (command) return commandPage(command, page)
    if (topic) return topicPage(topic, this.shown(`${typed}:`), page)
    throw unknownCommand(
      typed,
      this.shown().map(({id}) => id),
    )
  }

  /** In `fb watch d-123 --help` the command ends before the argument. */
  private commandBefore(words: string[]): Command.Loadable | undefined {
    return words.map((_, i) => this.config.findCommand(words.slice(0, i).join(':'))).findLast(Boolean)
  }

  private shown(within = ''): Command.Loadable[] {
    return this.config.commands.filter(({id, hidden}) => !hidden && id.startsWith(within))
  }

  private page(argv: string[]): Canvas {
    const canvas = canvasFor(process.stdout, hasColour(process.stdout, !argv.includes('--no-color'), process.env))
    return {...canvas, width: Math.min(canvas.width, 80)}
  }
}
