import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {nameArg, siteFlags} from '../../flags.js'
import {noParameter} from '../../params/get.js'
import {pastDocument, readHistory} from '../../params/history.js'
import {historyText} from '../../params/history-text.js'
import {keyOf, nameOf} from '../../params/names.js'
import {fingerprintOn, fleetOf, refuseOthers} from '../../params-access.js'

export default class ParamsHistory extends FbCommand {
  static override description =
    'List the versions of a parameter: who made each, why, what it changed, and how many running tasks have it.'
  static override examples = ['fb params history DB_URL --env prod', 'fb params history DB_URL --env prod --json']
  static override args = {key: nameArg({description: 'which parameter', required: true})}
  static override flags = {
    ...siteFlags,
    limit: Flags.integer({char: 'n', description: 'how many, newest first', default: 20, min: 1, max: 100}),
    reveal: Flags.boolean({description: 'show the values'}),
  }

  async run(): Promise<ReturnType<typeof pastDocument>[]> {
    const {args, flags} = await this.parse(ParamsHistory)
    const site = await this.open(flags)
    refuseOthers(site, [args.key!], 'history')
    const path = site.names.parameterPath
    const [store, fleet] = await Promise.all([this.aws(site, 'ssm'), fleetOf(site)])
    const history = await readHistory(store, fleet, args.key!, nameOf(args.key!, path))
    if (!history)
      throw noParameter(
        args.key!,
        (await store.under(path)).map(({name}) => keyOf(name, path)),
      )
    const fingerprint = fingerprintOn(this.parent.env)
    const way = {now: site.clock.now(), most: flags.limit, reveal: flags.reveal, fingerprint}
    this.voice.print((canvas) => historyText(history, way, canvas))
    return history.past.slice(0, flags.limit).map((past) => pastDocument(past, flags.reveal))
  }
}
