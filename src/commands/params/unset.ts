import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {allNamed, nameArg, siteFlags} from '../../flags.js'
import {removeParameters} from '../../params/remove.js'
import {planUnset, removalText} from '../../params/unset.js'
import {fleetOf, refuseOthers} from '../../params-access.js'

type Unset = {env: string; result: 'planned' | 'deleted'; parameters: {key: string; name: string; versions: number}[]}

export default class ParamsUnset extends FbCommand {
  static override description = 'Delete parameters with all their versions. Refused while a task definition names them.'
  static override examples = ['fb params unset OLD_TOKEN --env prod', 'fb params unset OLD_TOKEN --env dev --dry-run']
  static override strict = false
  static override args = {key: nameArg({description: 'what to delete; several at once', required: true})}
  static override flags = {
    ...siteFlags,
    force: Flags.boolean({description: 'delete even what a task definition names'}),
    'dry-run': Flags.boolean({description: 'show what would be lost, then stop'}),
  }

  async run(): Promise<Unset> {
    const {argv, flags} = await this.parse(ParamsUnset)
    const keys = allNamed(argv, 'KEY')
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const site = await this.open(flags)
    refuseOthers(site, keys, 'unset')
    await this.identify(site)
    const [store, fleet] = await Promise.all([this.aws(site, 'ssm'), fleetOf(site)])
    const removals = await planUnset(store, fleet, keys, {path: site.names.parameterPath, force: flags.force})
    const env = site.environment.name
    const parameters = removals.map(({key, name, versions}) => ({key, name, versions: versions.length}))
    if (flags['dry-run']) {
      this.voice.print((canvas) => removalText(removals, site.clock.now(), canvas))
      return {env, result: 'planned', parameters}
    }
    this.voice.tell((canvas) => removalText(removals, site.clock.now(), canvas))
    const names = removals.map(({key}) => key).join(', ')
    await this.ask.confirm(site, flags.yes, `Delete ${names} from ${env}?`)
    const again = (left: string[]) => `fb params unset ${left.join(' ')}${flags.force ? ' --force' : ''}`
    await this.carryOut(removeParameters(store, removals, again), site.clock)
    this.voice.print(({paint}) => [
      `${paint.good('✔')} ${paint.bold(`${names} is deleted`)} from ${env}.`,
      paint.dim('  AWS wants 30 seconds before a parameter of the same name is made again.'),
    ])
    return {env, result: 'deleted', parameters}
  }
}
