import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {UsageError} from '../../errors.js'
import {durationFlag, named, stackFlags} from '../../flags.js'
import {type BackupTaken, backupText, takeBackup} from '../../state/backups/take-backup.js'
import {backupPlace} from '../../state-access.js'

const placeFlag = Flags.custom<string>({parse: async (text) => place(text)})

export default class StateBackup extends FbCommand {
  static override description =
    'Copy the state, byte by byte, beside a manifest that says what it is, and read it back. Exit 0 means there is a backup.'
  static override examples = [
    'fb state backup --env prod --label "before the vpc change"',
    'fb state backup --env prod --keep 30 --json    # in a daily cron job',
    'fb state backup --env prod --to ./prod.tfstate',
    'fb state backup --env prod --to s3://elsewhere/fb/ --max-age 90d',
  ]
  static override flags = {
    ...stackFlags,
    to: placeFlag({
      description: 'where to: a file, a directory/ or s3://bucket/prefix/ (default: backups/ENV/ in the bucket)',
      helpValue: 'PLACE',
    }),
    keep: Flags.integer({description: 'delete all but the newest N of that place', helpValue: 'N', min: 1}),
    'max-age': durationFlag({description: 'delete those older than this, such as 90d'}),
    label: Flags.string({description: 'what it is for; a labelled backup is never deleted by age or number'}),
    encrypt: Flags.boolean({description: 'encrypt it with the KMS key of the environment'}),
  }

  async run(): Promise<BackupTaken> {
    const {flags} = await this.parse(StateBackup)
    const site = await this.openStack(flags)
    const {arn} = await this.caller(site)
    const place = await backupPlace(site, flags, this.directory)
    const occasion = {by: arn, why: 'fb state backup', label: flags.label, at: site.clock.now()}
    const store = await this.aws(site, 'state')
    const taken = await takeBackup(store, place, occasion, {keep: flags.keep, maxAgeMs: flags['max-age']})
    this.voice.print((canvas) => backupText(taken, canvas))
    return taken
  }
}

/** What looks like a place and is none must not become a file of that name, with the state in it. */
function place(text: string): string {
  const to = named(text, 'it')
  if (to === '-')
    throw badPlace('a backup is a file or an object; this would be a file of that name.', ['fb state pull'])
  if (/^s3:/i.test(to) && !/^s3:\/\/[a-z0-9][a-z0-9.-]+(\/|$)/.test(to))
    throw badPlace('an object is named s3://BUCKET/PREFIX/.', ['fb state backup --to s3://BUCKET/PREFIX/'])
  return to
}

const badPlace = (message: string, next: string[]) =>
  new UsageError(message, {code: 'bad_place', state: 'Nothing was changed.', next})
