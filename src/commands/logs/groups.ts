import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {explain, NotFound} from '../../errors.js'
import {nameArg, siteFlags} from '../../flags.js'
import {type Groups, readGroups, type Writer, writersOf} from '../../logs/groups.js'
import {groupsText} from '../../logs/groups-text.js'
import {outlastThrottling} from '../../logs/retry.js'
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
    const pattern = args.pattern ?? (flags.all ? undefined : sites[0].names.cluster)
    const line = await this.voice.passing()
    const note = (text: string) => {
      line.clear()
      this.voice.tell(text)
    }
    const patience = {clock: sites[0].clock, signal: this.signal, login: false, note}
    const read = () => this.read(sites, {pattern, whole: !args.pattern})
    const {notes, ...found} = await this.voice.waiting(outlastThrottling(read, patience))
    for (const text of notes) note(text)
    if (found.groups.length + found.missing.length === 0)
      throw pattern === undefined ? noGroups(sites[0].environment.region) : noneNamed(pattern)
    this.voice.print((canvas) => groupsText(found, canvas))
    return found
  }

  private async read(sites: [Site, ...Site[]], wanted: {pattern?: string; whole: boolean}) {
    const looked = await Promise.all(sites.map((one) => this.writers(one)))
    const writers = looked.flatMap((own) => own.writers ?? [])
    const unread = sites.flatMap(({service}, i) => (looked[i]!.writers ? [] : [service]))
    const found = await readGroups(await this.aws(sites[0], 'logGroups'), {...wanted, writers, unread})
    return {...found, notes: looked.flatMap(({note}) => note ?? [])}
  }

  /** A service that is not there writes nowhere, and its group may still be. Without writers ECS may not be read. */
  private async writers(site: Site): Promise<{writers?: Writer[]; note?: string}> {
    const {service, environment} = site
    try {
      return {writers: await writersOf(await this.aws(site, 'ecs'), {service, region: environment.region})}
    } catch (error) {
      const {code, message} = explain(error)
      if (code === 'access_denied') return {note: `${message} ${unreadText(service)}`}
      if (error instanceof NotFound) return {writers: [], note: message}
      throw error
    }
  }
}

const unreadText = (service: string) =>
  `So fb cannot tell which groups ${service} writes to, nor whether they may lack lines.`

const noGroups = (region: string) => new NotFound(`There is no log group in ${region}.`, {code: 'no_group'})

const noneNamed = (pattern: string) =>
  new NotFound(`No log group's name contains ${pattern}.`, {code: 'no_group', next: ['fb logs groups --all']})
