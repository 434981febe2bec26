import {FbCommand} from '../../command.js'
import {parseRelease, type ReleaseInfo, readReleaseInfo, releaseInfoText} from '../../deploy/release-info.js'
import {nameArg, siteFlags} from '../../flags.js'

export default class ReleasesInfo extends FbCommand {
  static override description =
    'Show one release: what it changed, how it ended and why, with the evidence as long as AWS keeps it.'
  static override examples = [
    'fb releases info 4 --env prod',
    "fb releases info v4 --env prod --json | jq '.failure.evidence'",
  ]
  static override args = {release: nameArg({required: true, description: 'number of the release, such as 4 or v4'})}
  static override flags = siteFlags

  async run(): Promise<ReleaseInfo> {
    const {args, flags} = await this.parse(ReleasesInfo)
    const number = parseRelease(args.release)
    const site = await this.open(flags)
    const {environment, service, names, clock} = site
    const {account, arn: caller} = await this.caller(site)
    const scene = {env: environment.name, account, region: environment.region, service, caller, names}
    const api = await this.aws(site, 'ecs', 'codedeploy', 'elb', 'cloudwatch', 'logs')
    const info = await readReleaseInfo(api, scene, number)
    this.voice.print((canvas) => releaseInfoText(info, environment.name, clock.now(), canvas))
    return info
  }
}
