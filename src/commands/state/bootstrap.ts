import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import type {Event} from '../../events.js'
import {stackFlags} from '../../flags.js'
import type {Site} from '../../site.js'
import {type BootstrapPlan, bootstrap, planBootstrap, toDo} from '../../state/backend/bootstrap.js'
import {
  bootstrapDocument,
  bootstrapOutcome,
  bootstrapQuestion,
  bootstrapText,
} from '../../state/backend/bootstrap-text.js'
import {backendGoal} from '../../state-access.js'

export default class StateBootstrap extends FbCommand {
  static override description =
    'Make the bucket and the lock table that Terraform keeps its state in, or check those that are there. What is stricter than needed stays as it is.'
  static override examples = [
    'fb state bootstrap --env dev',
    'fb state bootstrap --env prod --dry-run',
    'fb state bootstrap --env dev --yes --json',
  ]
  static override flags = {
    ...stackFlags,
    'dry-run': Flags.boolean({description: 'show what is missing and what differs, then stop'}),
  }

  async run(): Promise<ReturnType<typeof bootstrapDocument>> {
    const {flags} = await this.parse(StateBootstrap)
    const site = await this.openStack(flags)
    this.stands('Nothing was changed.')
    const api = await this.aws(site, 'bucket', 'lockTable')
    const plan = await planBootstrap(api, backendGoal(site, await this.identify(site)))
    if (flags['dry-run']) {
      this.voice.print((canvas) => bootstrapText(plan, canvas))
      return bootstrapDocument(plan, false)
    }
    this.voice.tell((canvas) => bootstrapText(plan, canvas))
    if (toDo(plan).length > 0) {
      await this.ask.confirm(site, flags.yes, bootstrapQuestion(plan))
      await this.carryOut(bootstrap(api, plan, site.clock), site.clock, this.remember(plan, site))
    }
    this.voice.print((canvas) => bootstrapOutcome(plan, canvas))
    return bootstrapDocument(plan, true)
  }

  /** Whatever ends the work too early: what was made is said, and that a second run does the rest. */
  private remember({items}: BootstrapPlan, {environment}: Site) {
    const made = new Set<string>()
    return (event: Event) => {
      if (event.type !== 'done' && event.type !== 'progress') return
      made.add(items.find(({id}) => id === event.step)!.what)
      const state = `Done so far: ${[...made].join(', ')}. Running it again does the rest.`
      this.stands(state, [`fb state bootstrap --env ${environment.name}`])
    }
  }
}
