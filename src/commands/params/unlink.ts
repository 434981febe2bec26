import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {findUp} from '../../config/settings.js'
import {allNamed, nameArg, siteFlags} from '../../flags.js'
import {planUnlink} from '../../params/link.js'
import {carryOutLink, type Linked} from '../../params-link.js'

export default class ParamsUnlink extends FbCommand {
  static override description =
    'Let the tasks of a service read a parameter no more, from the next deployment on. The parameter itself stays.'
  static override examples = ['fb params unlink OLD_TOKEN --env prod']
  static override strict = false
  static override args = {
    key: nameArg({description: 'which parameter, or which variable; several at once', required: true}),
  }
  static override flags = {
    ...siteFlags,
    'dry-run': Flags.boolean({description: 'show what would change, then stop'}),
  }

  async run(): Promise<Linked> {
    const {argv, flags} = await this.parse(ParamsUnlink)
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const site = await this.open(flags)
    const {names} = site
    await this.identify(site)
    const keys = allNamed(argv, 'KEY')
    const aws = await this.aws(site, 'ecs')
    const plan = await planUnlink(aws, {keys, path: names.parameterPath, container: names.container})
    const template = findUp(this.directory, names.taskDefinitionTemplate) && names.taskDefinitionTemplate
    return carryOutLink(this.teller, site, plan, {...flags, template})
  }
}
