import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {stackFlags} from '../../flags.js'
import {type Entry, isUnversioned, readHistory, UNVERSIONED} from '../../state/backups/history.js'
import {historyText} from '../../state/backups/history-text.js'
import {reachOf} from '../../state-access.js'

/** More than anybody reads. */
const MOST = 1000

export default class StateBackups extends FbCommand {
  static override description =
    'List what a state can be restored from: the backups that fb took and the versions that S3 kept, newest first.'
  static override examples = [
    'fb state backups --env prod',
    'fb state backups --env prod --limit 100',
    'fb state backups --env prod --json | jq -r \'map(select(.kind == "backup"))[0].name\'',
  ]
  static override flags = {
    ...stackFlags,
    limit: Flags.integer({char: 'n', description: 'how many, newest first', default: 20, min: 1, max: MOST}),
  }

  async run(): Promise<Entry[]> {
    const {flags} = await this.parse(StateBackups)
    const site = await this.openStack(flags)
    const {entries, more, damaged} = await readHistory(await reachOf(site, this.directory), flags.limit)
    const now = site.clock.now()
    if (entries.some(isUnversioned)) this.voice.tell(UNVERSIONED)
    for (const name of damaged) this.voice.tell(`The manifest of ${name} is not what fb wrote: it is left out.`)
    this.voice.print((canvas) => (entries.length > 0 ? historyText(entries, now, canvas) : ['There is no backup yet.']))
    if (more) this.voice.tell(newestOnly(flags.limit))
    return entries
  }
}

const newestOnly = (limit: number) =>
  `These are the newest ${limit}; there are older ones${limit < MOST ? `: --limit ${Math.min(limit * 5, MOST)}` : '.'}`
