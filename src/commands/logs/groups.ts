import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {NotFound} from '../../errors.js'
import {nameArg, siteFlags} from '../../flags.js'
import {type Groups, readGroups, type Writer, writersOf} from '../../logs/groups.js'
import {groupsText} from '../../logs/groups-text.js'
import type {Site} from '../../site.js'

export default class LogsGroups extends FbCommand {
  static override description =
    'List log groups: how long they keep what is in them, how much that is, and what may be wrong with them.'
  static override examples = [
    'fb logs groups --env prod',
    'fb logs groups lambda --env prod',
    "fb logs groups --env prod --all --json | jq -r '.groups[] | select(.retentionDays == null).name'",
  ]
  static override args = {pattern: nameArg({description: "text in their names (default: the environment's)"})}
  static override flags = {
    ...siteFlags,
    all: Flags.boolean({description: 'every group of the account in this Region'}),
  }

  async run(): Promise<Groups> {
    const {args, flags} = await this.parse(LogsGroups)
    const sites = await this.openServices(flags, [])
    const [site] = sites
    const writers = (await Promise.all(sites.map((one) => this.writers(one)))).flat()
    const pattern = args.pattern ?? (flags.all ? undefined : site.names.cluster)
    const found = await readGroups(await this.aws(site, 'logGroups'), {pattern, writers, whole: !args.pattern})
    if (found.groups.length + found.missing.length === 0)
      throw pattern === undefined ? noGroups(site.environment.region) : noneNamed(pattern)
    this.voice.print((canvas) => groupsText(found, canvas))
    return found
  }

  /** A service that is not there writes nowhere, and its group may still be. */
  private async writers(site: Site): Promise<Writer[]> {
    const {service, environment} = site
    return writersOf(await this.aws(site, 'ecs'), {service, region: environment.region}).catch((error: unknown) => {
      if (!(error instanceof NotFound)) throw error
      this.voice.tell(error.message)
      return []
    })
  }
}

const noGroups = (region: string) => new NotFound(`There is no log group in ${region}.`, {code: 'no_group'})

const noneNamed = (pattern: string) =>
  new NotFound(`No log group's name contains ${pattern}.`, {code: 'no_group', next: ['fb logs groups --all']})
