import {Flags} from '@oclif/core'

import {FbCommand} from '../command.js'
import {type PastRelease, readReleases} from '../deploy/releases.js'
import {releasesText} from '../deploy/releases-text.js'
import {siteFlags} from '../flags.js'

export default class Releases extends FbCommand {
  static override description =
    'List what was deployed, by whom, and how it ended; read from AWS alone, whichever tool deployed it.'
  static override examples = [
    'fb releases --env prod',
    'fb releases --env prod --limit 50',
    "fb releases --env prod --json | jq '.[0].image'",
  ]
  static override flags = {
    ...siteFlags,
    limit: Flags.integer({char: 'n', description: 'how many, newest first', default: 15, min: 1, max: 100}),
  }

  async run(): Promise<PastRelease[]> {
    const {flags} = await this.parse(Releases)
    const site = await this.open(flags)
    const api = await this.aws(site, 'ecs', 'codedeploy')
    const {taskDefinition: live} = await api.service()
    const releases = await readReleases(api, {live, container: site.names.container, most: flags.limit})
    const now = site.clock.now()
    this.voice.print((canvas) =>
      releases.length > 0 ? releasesText(releases, now, canvas) : ['CodeDeploy has deployed nothing here yet.'],
    )
    return releases
  }
}
