import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {allNamed, nameArg, nameFlag, siteFlags} from '../../flags.js'
import {planChanges} from '../../params/change.js'
import {planCopy, type Side} from '../../params/copy.js'
import {fleetOf} from '../../params-access.js'
import {typedAgain} from '../../params-again.js'
import {type Applied, applyChanges} from '../../params-apply.js'
import {restartFlag} from '../../params-flags.js'
import type {Site} from '../../site.js'

const {env: _, ...place} = siteFlags

export default class ParamsCopy extends FbCommand {
  static override description =
    'Copy parameters from one environment to another, encrypted there with its own key. A value that names where it comes from is refused.'
  static override examples = [
    'fb params copy SENTRY_DSN --from test --to prod',
    'fb params copy --all --from dev --to test --skip-existing --dry-run',
  ]
  static override strict = false
  static override args = {key: nameArg({description: 'what to copy; several at once'})}
  static override flags = {
    ...place,
    from: nameFlag({description: 'environment that has them', helpValue: 'ENV', required: true}),
    to: nameFlag({description: 'environment that gets them', helpValue: 'ENV', required: true}),
    all: Flags.boolean({description: 'all of them'}),
    skip: Flags.string({description: 'all but keys like this', helpValue: 'PATTERN', multiple: true}),
    'skip-existing': Flags.boolean({description: 'leave alone what is there already'}),
    force: Flags.boolean({description: 'copy also what names the environment it comes from'}),
    restart: restartFlag,
    'dry-run': Flags.boolean({description: 'show what would change, then stop'}),
  }

  async run(): Promise<Applied> {
    const {argv, flags, raw} = await this.parse(ParamsCopy)
    const keys = allNamed(argv, 'KEY')
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const from = await this.open({...flags, env: flags.from})
    await this.caller(from)
    const to = await this.open({...flags, env: flags.to})
    await this.identify(to)
    const [fleet, source, target] = await Promise.all([fleetOf(to), this.side(from), this.side(to)])
    const choice = {...flags, keys, skipExisting: flags['skip-existing']}
    const wishes = await planCopy(source, target, choice)
    const changes = await planChanges(target.store, fleet, wishes, {defaultKey: to.names.kmsKey})
    const resume = () => [typedAgain('fb params copy', raw, ParamsCopy.flags)]
    return applyChanges(this.teller, to, {changes, fleet, ...flags, resume})
  }

  private async side(site: Site): Promise<Side> {
    return {env: site.environment.name, path: site.names.parameterPath, store: await this.aws(site, 'ssm')}
  }
}
