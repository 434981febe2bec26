import {Args} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {SANDBOX, SHARED} from '../../config/names.js'
import {loadSettings, type StateSettings, writeLockSettings} from '../../config/settings.js'
import {durationFlag, stackFlags} from '../../flags.js'
import type {Site} from '../../site.js'
import {
  LOCKS,
  type LockKind,
  lockWords,
  type Member,
  migratedText,
  migrateLock,
  withState,
} from '../../state/locks/migrate-lock.js'
import {verdict} from '../../state/verdict.js'
import {bothLocks} from '../../state-access.js'

/** Of the environments whose states were locked meanwhile; nothing is written when nothing changes. */
type Migrated = {to: LockKind; environments: string[]; file?: string}

export default class StateMigrateLock extends FbCommand {
  static override description =
    "Change what locks the states, in all environments at once: the DynamoDB table, S3's own lock file, or both. Takes both locks of each state, so that nobody is at work in between, and writes fb.yml."
  static override examples = ['fb state migrate-lock both', 'fb state migrate-lock lockfile --yes']
  static override args = {
    to: Args.string({description: 'what shall lock the states', options: [...LOCKS], required: true}),
  }
  static override flags = {
    yes: stackFlags.yes,
    'lock-timeout': durationFlag({description: 'how long to wait for a lock that is held'}),
  }

  async run(): Promise<Migrated> {
    const {args, flags} = await this.parse(StateMigrateLock)
    const to = args.to as LockKind
    const {environments, state} = await loadSettings(this.directory)
    if (to === kindOf(state)) {
      this.voice.print((canvas) => verdict(`The states are locked by ${lockWords(to)} already.`, [], canvas))
      return {to, environments: []}
    }
    const sites = await this.sites([...Object.keys(environments).filter((name) => name !== SANDBOX), SHARED])
    const members = await withState(await Promise.all(sites.map(member)))
    const names = members.map(({env}) => env)
    const strictest = sites.find(({environment}) => environment.protected) ?? sites[0]!
    await this.ask.confirm(
      strictest,
      flags.yes,
      `Lock the states of ${names.join(', ')} by ${lockWords(to)} from now on?`,
    )
    let file = ''
    const write = async () => {
      file = await writeLockSettings(this.directory, LOCKFILE[to])
    }
    const {clock} = strictest
    const means = {worker: this.worker, clock, signal: this.signal, lockTimeout: flags['lock-timeout'] ?? 0}
    await this.carryOut(migrateLock(members, to, write, means), clock)
    this.voice.print((canvas) => migratedText(to, file, canvas))
    return {to, environments: names, file}
  }

  private async sites(names: string[]): Promise<Site[]> {
    const sites: Site[] = []
    for (const env of names) sites.push(await this.openStack({env}))
    for (const site of sites) await this.identify(site)
    return sites
  }
}

const kindOf = ({lockTable, lockfile}: StateSettings): LockKind =>
  lockTable ? (lockfile ? 'both' : 'table') : 'lockfile'

/** As fb.yml says it. */
const LOCKFILE = {table: false, both: true, lockfile: 'only'} as const

const member = async (site: Site): Promise<Member> => ({
  env: site.environment.name,
  store: await bothLocks(site),
})
