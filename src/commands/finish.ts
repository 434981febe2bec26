import {Args} from '@oclif/core'

import {FbCommand} from '../command.js'
import {attachedText, findDeployment} from '../deploy/attach.js'
import {bakeText, findBake, finish, oldOf, type Proceeded, proceededText} from '../deploy/proceed.js'
import {siteFlags} from '../flags.js'

export default class Finish extends FbCommand {
  static override description =
    'End a deployment whose traffic has moved: the old version is terminated now, and with it the way back of seconds.'
  static override examples = ['fb finish --env prod', 'fb finish d-ABC123XYZ --env test --yes']
  static override args = {
    id: Args.string({ignoreStdin: true, description: 'deployment, such as d-ABC123XYZ (default: the one in flight)'}),
  }
  static override flags = siteFlags

  async run(): Promise<Proceeded> {
    const {args, flags} = await this.parse(Finish)
    if (!flags.yes) this.ask.needTerminal('--yes')
    const site = await this.open(flags)
    const scene = await this.scene(site)
    const api = await this.aws(site, 'ecs', 'codedeploy', 'elb')
    const bake = await findBake(api, await findDeployment(api, scene, args.id))
    this.voice.tell((canvas) => [attachedText(bake.found, canvas), ...bakeText(bake, canvas)])
    await this.ask.confirm(site, flags.yes, `Terminate ${oldOf(bake.found.underway)} in ${scene.env} now?`)
    return this.conclude(await finish(api, bake), proceededText)
  }
}
