import {Args, Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {siteFlags} from '../../flags.js'
import {type ListedDocument, listedDocument, listParameters} from '../../params/list.js'
import {listText} from '../../params/list-text.js'
import {fingerprintOn, fleetOf} from '../../params-access.js'

const DIFFERENT = 10

export default class ParamsList extends FbCommand {
  static override description =
    'List the parameters: version, age, who, and whether the running tasks have the newest value. Never a value.'
  static override examples = [
    'fb params list --env prod',
    "fb params list 'database/*' --env prod",
    'fb params list --env prod --missing --quiet    # for a pipeline: 10 when a task definition names what is not there',
    'fb params list --env prod --json | jq -r \'.[] | select(.state == "pending").key\'',
  ]
  static override args = {
    pattern: Args.string({ignoreStdin: true, description: 'only keys like this, with * and ? in quotes'}),
  }
  static override flags = {
    ...siteFlags,
    missing: Flags.boolean({
      description: 'only what a task definition names and the store does not have; exit 10 if any',
    }),
    fingerprints: Flags.boolean({description: 'with --json: fingerprints too, to compare values on this machine'}),
  }

  async run(): Promise<ListedDocument[]> {
    const {args, flags} = await this.parse(ParamsList)
    const site = await this.open(flags)
    const [store, fleet] = await Promise.all([this.aws(site, 'ssm'), fleetOf(site)])
    const wanted = {path: site.names.parameterPath, pattern: args.pattern, missingOnly: flags.missing}
    const all = await listParameters(store, fleet, wanted)
    const fingerprint = fingerprintOn(this.parent.env)
    for (const why of fleet.unknown) this.voice.tell(`! It is not known who reads them: ${why}`)
    this.voice.print((canvas) =>
      all.length > 0
        ? listText(all, site.clock.now(), fingerprint, canvas)
        : [flags.missing ? 'No parameter is missing.' : `There is no parameter below ${wanted.path}.`],
    )
    if (flags.missing && all.length > 0) this.exitAs(DIFFERENT)
    return all.map((one) => listedDocument(one, flags.fingerprints ? fingerprint : undefined))
  }
}
