import {FbCommand} from '../../command.js'
import {planRelease, type Released, release, releasedText} from '../../deploy/scaling-release.js'
import {siteFlags} from '../../flags.js'

export default class ScalingRelease extends FbCommand {
  static override description =
    'Let autoscaling take tasks away again, when an fb that was killed in a deployment has left that suspended.'
  static override examples = ['fb scaling release --env prod', 'fb scaling release --env prod --yes --json']
  static override flags = siteFlags

  async run(): Promise<Released> {
    const {flags} = await this.parse(ScalingRelease)
    const site = await this.open(flags)
    const scene = await this.scene(site)
    const api = await this.aws(site, 'codedeploy', 'autoscaling')
    const plan = await planRelease(api)
    if (plan.doubt) await this.ask.confirm(site, flags.yes, `${plan.doubt} Release it?`)
    return this.conclude(await release(api, plan, scene), releasedText)
  }
}
