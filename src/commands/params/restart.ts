import {FbCommand} from '../../command.js'
import type {Outcome} from '../../deploy/outcome.js'
import {siteFlags} from '../../flags.js'
import {planRestarts, restart} from '../../params-restart.js'

export default class ParamsRestart extends FbCommand {
  static override description =
    'Deploy what runs once more, so that every task has the newest values; shown and watched like any deployment.'
  static override examples = ['fb params restart --env prod', 'fb params restart --env prod --service v1 --yes --json']
  static override flags = siteFlags

  async run(): Promise<Outcome> {
    const {flags} = await this.parse(ParamsRestart)
    if (!flags.yes) this.ask.needTerminal('--yes')
    const site = await this.open(flags)
    await this.identify(site)
    const [planned] = await planRestarts(site, [site.service], 'restart for new parameters')
    await this.ask.confirm(
      site,
      flags.yes,
      `Deploy v${planned!.plan.previous.number} again in ${site.environment.name}?`,
    )
    const outcome = await restart(this.teller, planned!)
    this.exitAs(outcome.exitCode)
    return outcome
  }
}
