import {Flags, type Interfaces} from '@oclif/core'

import {FbCommand} from '../../command.js'
import type {FbError} from '../../errors.js'
import {allNamed, nameArg, siteFlags} from '../../flags.js'
import {editText} from '../../local/editor.js'
import {type Change, planChanges} from '../../params/change.js'
import {draftOf, isMendable, wishesIn, withProblem} from '../../params/draft.js'
import type {Fleet} from '../../params/fleet.js'
import {keyOf, matching} from '../../params/names.js'
import type {Parameter} from '../../params/store.js'
import {fingerprintOn, fleetOf} from '../../params-access.js'
import {typedAgain} from '../../params-again.js'
import {type Applied, applyChanges} from '../../params-apply.js'
import {restartFlag} from '../../params-flags.js'
import type {Site} from '../../site.js'

export default class ParamsEdit extends FbCommand {
  static override description =
    'Edit parameters in $EDITOR, a line for each. A secret is not shown there; a line that gets a value sets it.'
  static override examples = ['fb params edit --env dev', "fb params edit 'database/*' --env prod --reveal"]
  static override strict = false
  static override args = {pattern: nameArg({description: 'only keys like these, with * and ? in quotes'})}
  static override flags = {
    ...siteFlags,
    reveal: Flags.boolean({description: 'show secrets in the editor'}),
    reason: Flags.string({char: 'm', description: 'why it changes; shown by fb params history', env: 'FB_REASON'}),
    restart: restartFlag,
    'dry-run': Flags.boolean({description: 'show what would change, then stop'}),
  }

  async run(): Promise<Applied> {
    const {argv, flags, raw} = await this.parse(ParamsEdit)
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const patterns = allNamed(argv, 'PATTERN').map(matching)
    const site = await this.open(flags)
    await this.identify(site)
    const [store, fleet] = await Promise.all([this.aws(site, 'ssm'), fleetOf(site)])
    const wanted = ({name}: Parameter) =>
      patterns.length === 0 || patterns.some((matches) => matches(keyOf(name, site.names.parameterPath)))
    const parameters = (await store.under(site.names.parameterPath)).filter(wanted)
    const changes = await this.edited(site, parameters, fleet, flags)
    return applyChanges(this.teller, site, {
      changes,
      fleet,
      ...flags,
      resume: () => [typedAgain('fb params edit', raw, ParamsEdit.flags)],
    })
  }

  /** The text comes back with what is wrong in it until it is right, or is closed as it is. */
  private async edited(site: Site, parameters: Parameter[], fleet: Fleet, flags: EditFlags): Promise<Change[]> {
    const {parameterPath: path, kmsKey: defaultKey} = site.names
    const {name: env} = site.environment
    const store = await this.aws(site, 'ssm')
    let text = draftOf(parameters, {path, env, reveal: flags.reveal, fingerprint: fingerprintOn(this.parent.env)})
    let problem: FbError | undefined
    for (;;) {
      const typed = await editText(text, {...this.parent, name: `${env}.env`})
      if (typed === text && problem) throw problem
      try {
        return await planChanges(store, fleet, wishesIn(typed, parameters, path), {reason: flags.reason, defaultKey})
      } catch (error) {
        if (!isMendable(error)) throw error
        // Without a person an editor would make the same mistake for ever.
        this.ask.needTerminal('', error)
        problem = error
        text = withProblem(typed, error)
      }
    }
  }
}

type EditFlags = Interfaces.InferredFlags<typeof ParamsEdit.flags>
