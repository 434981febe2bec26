import {Flags} from '@oclif/core'

import {FbCommand, stackFlags} from '../../command.js'
import {type Entry, isUnversioned, readHistory, UNVERSIONED} from '../../state/history.js'
import {historyText} from '../../state/history-text.js'
import {reachOf} from '../../state-access.js'

export default class StateBackups extends FbCommand {
  static override description =
    'List what a state can be restored from: the backups that fb took and the versions that S3 kept, newest first.'
  static override examples = [
    'fb state backups --env prod',
    'fb state backups --env prod --limit 100',
    "fb state backups --env prod --json | jq -r '.[0].name'",
  ]
  static override flags = {
    ...stackFlags,
    limit: Flags.integer({char: 'n', description: 'how many, newest first', default: 20, min: 1, max: 1000}),
  }

  async run(): Promise<Entry[]> {
    const {flags} = await this.parse(StateBackups)
    const site = await this.openStack(flags)
    const {entries, damaged} = await readHistory(await reachOf(site, this.directory), flags.limit)
    const now = site.clock.now()
    if (entries.some(isUnversioned)) this.voice.tell(UNVERSIONED)
    for (const name of damaged) this.voice.tell(`The manifest of ${name} is not what fb wrote: it is left out.`)
    this.voice.print((canvas) => (entries.length > 0 ? historyText(entries, now, canvas) : ['There is no backup yet.']))
    return entries
  }
}
