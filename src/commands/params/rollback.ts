import {Flags} from '@oclif/core'

import {wrapped} from '../../columns.js'
import {FbCommand} from '../../command.js'
import {parseDuration} from '../../durations.js'
import {UsageError} from '../../errors.js'
import {nameArg, siteFlags} from '../../flags.js'
import {planChanges, type Wish} from '../../params/change.js'
import {parseSince, planRollback, planRollbackSince} from '../../params/rollback.js'
import {fleetOf, refuseOthers} from '../../params-access.js'
import {typedAgain} from '../../params-again.js'
import {type Applied, applyChanges} from '../../params-apply.js'
import {restartFlag} from '../../params-flags.js'
import type {Site} from '../../site.js'

export default class ParamsRollback extends FbCommand {
  static override description =
    'Bring an older value back, as a new version: of one parameter, or of all that have changed since a moment.'
  static override examples = [
    'fb params rollback DB_URL --env prod',
    'fb params rollback DB_URL --to 7 --restart --env prod',
    'fb params rollback --since 14:00 --env prod --dry-run',
  ]
  static override args = {key: nameArg({description: 'which parameter; none with --since'})}
  static override flags = {
    ...siteFlags,
    to: Flags.string({
      description: 'version or label to go back to',
      helpValue: 'VERSION',
      exclusive: ['steps', 'since'],
    }),
    steps: Flags.integer({
      description: 'how many versions to go back (default: 1)',
      min: 1,
      max: 99,
      exclusive: ['since'],
    }),
    since: Flags.string({description: 'everything as it was at 14:00, 2h ago or a date', helpValue: 'TIME'}),
    'if-version': Flags.integer({description: 'only if this is the version now', min: 1, exclusive: ['since']}),
    restart: restartFlag,
    'dry-run': Flags.boolean({description: 'show what would change, then stop'}),
  }

  async run(): Promise<Applied> {
    const {args, flags, raw} = await this.parse(ParamsRollback)
    if ((args.key === undefined) === (flags.since === undefined)) throw oneOfThem()
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const site = await this.open(flags)
    if (args.key) refuseOthers(site, [args.key], 'rollback')
    await this.identify(site)
    const wishes = args.key
      ? [await planRollback(await this.aws(site, 'ssm'), args.key, site.names.parameterPath, flags)]
      : await this.since(site, flags.since!)
    const [store, fleet] = await Promise.all([this.aws(site, 'ssm'), fleetOf(site)])
    const terms = {ifVersion: flags['if-version'], defaultKey: site.names.kmsKey}
    const changes = await planChanges(store, fleet, wishes, terms)
    const resume = () => [typedAgain('fb params rollback', raw, ParamsRollback.flags)]
    return applyChanges(this.teller, site, {changes, fleet, ...flags, resume})
  }

  private async since(site: Site, text: string): Promise<Wish[]> {
    const since = parseSince(text, site.clock.now(), parseDuration)
    const {wishes, fresh} = await planRollbackSince(await this.aws(site, 'ssm'), since, site.names.parameterPath)
    if (fresh.length > 0)
      this.voice.tell(({paint, width}) =>
        wrapped(`${paint.warn('!')} new since then, and left alone: ${fresh.join(', ')}`, width, 2),
      )
    if (wishes.length === 0) this.voice.print(() => [`Nothing has changed since ${since.toISOString()}.`])
    return wishes
  }
}

const oneOfThem = () =>
  new UsageError('Name a parameter, or a time with --since.', {
    code: 'argument_missing',
    state: 'Nothing was changed.',
    next: ['fb params rollback KEY', 'fb params rollback --since 14:00'],
  })
