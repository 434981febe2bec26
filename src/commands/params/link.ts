import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {findUp} from '../../config/settings.js'
import {allNamed, nameArg, siteFlags} from '../../flags.js'
import {arnOf} from '../../params/export.js'
import {planLink} from '../../params/link.js'
import {refuseOthers} from '../../params-access.js'
import {carryOutLink, type Linked} from '../../params-link.js'

export default class ParamsLink extends FbCommand {
  static override description =
    'Let the tasks of a service read a parameter, from the next deployment on. Kept as a tag of the live task definition until then.'
  static override examples = [
    'fb params link DB_URL --env prod',
    'fb params link database/url --as DB_URL --env prod --service v2',
  ]
  static override strict = false
  static override args = {key: nameArg({description: 'which parameter; several at once', required: true})}
  static override flags = {
    ...siteFlags,
    as: Flags.string({description: 'name of the variable (default: the key)', helpValue: 'NAME'}),
    'dry-run': Flags.boolean({description: 'show what would change, then stop'}),
  }

  async run(): Promise<Linked> {
    const {argv, flags} = await this.parse(ParamsLink)
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const site = await this.open(flags)
    const keys = allNamed(argv, 'KEY')
    refuseOthers(site, keys, 'link')
    const {environment, names} = site
    const {account, arn} = await this.identify(site)
    const [store, aws] = await Promise.all([this.aws(site, 'ssm'), this.aws(site, 'ecs')])
    const place = {partition: arn.split(':')[1]!, region: environment.region, account}
    const plan = await planLink(store, aws, {
      keys,
      as: flags.as,
      path: names.parameterPath,
      container: names.container,
      arnOf: (name) => arnOf(name, place),
    })
    const template = findUp(this.directory, names.taskDefinitionTemplate) && names.taskDefinitionTemplate
    return carryOutLink(this.teller, site, plan, {...flags, template})
  }
}
