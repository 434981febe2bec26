import {Flags, type Interfaces} from '@oclif/core'

import {wrapped} from '../../columns.js'
import {FbCommand} from '../../command.js'
import {type FbError, UsageError} from '../../errors.js'
import {allNamed, nameArg, siteFlags} from '../../flags.js'
import {editText} from '../../local/editor.js'
import {readText, textOf} from '../../local/text.js'
import {type Assignment, parseAssignments, parseTags, withoutValue} from '../../params/assignments.js'
import {planChanges} from '../../params/change.js'
import {type Given, readValues, refuseArgv} from '../../params/input.js'
import {nameOf} from '../../params/names.js'
import {parseRecipe} from '../../params/values.js'
import {fleetOf, refuseOthers} from '../../params-access.js'
import {typedAgain} from '../../params-again.js'
import {type Applied, applyChanges} from '../../params-apply.js'
import {kindOf, restartFlag, tierFlag, tierOf, typeFlag} from '../../params-flags.js'
import type {Site} from '../../site.js'

export default class ParamsSet extends FbCommand {
  static override description =
    'Set parameters: shows what changes without showing a value, who changed it last, and which tasks still use the old one.'
  static override examples = [
    'fb params set DB_URL --env prod                    # asks for it, and does not show it',
    'fb params set TLS_CERT=@cert.pem --env prod',
    'pass show app/db | fb params set DB_URL --stdin --env prod --yes --reason "new database"',
    'fb params set SECRET_KEY --generate 64:alnum --restart --env prod',
    'fb params set LOG_LEVEL=debug --type string --env dev',
  ]
  static override strict = false
  static override args = {
    key: nameArg({description: 'KEY, KEY=@FILE or KEY=VALUE; several at once', required: true}),
  }
  static override flags = {
    ...siteFlags,
    stdin: Flags.boolean({description: 'the value is piped in', exclusive: ['editor', 'generate']}),
    editor: Flags.boolean({description: 'type the value in $EDITOR', exclusive: ['generate']}),
    generate: Flags.string({description: 'make a value up, such as 32:alnum (hex, base64url)', helpValue: 'SPEC'}),
    'keep-newline': Flags.boolean({description: 'keep the last line break of a file or of stdin'}),
    type: typeFlag(),
    'kms-key': Flags.string({description: 'KMS key (default: the environment’s)', env: 'FB_KMS_KEY', helpValue: 'KEY'}),
    description: Flags.string({description: 'what it is for', helpValue: 'TEXT'}),
    reason: Flags.string({
      char: 'm',
      description: 'why it changes; shown by fb params history',
      env: 'FB_REASON',
      helpValue: 'TEXT',
    }),
    tag: Flags.string({description: 'tag', helpValue: 'NAME=VALUE', multiple: true, default: []}),
    tier: tierFlag(),
    'if-version': Flags.integer({
      description: 'only if this is the version now (0: if there is none)',
      min: 0,
      helpValue: 'N',
    }),
    'create-only': Flags.boolean({description: 'only if there is none', exclusive: ['update-only', 'if-version']}),
    'update-only': Flags.boolean({description: 'only if there is one'}),
    restart: restartFlag,
    'dry-run': Flags.boolean({description: 'show what would change, then stop'}),
  }

  async run(): Promise<Applied> {
    const {argv, flags, raw} = await this.parse(ParamsSet)
    const assignments = parseAssignments(allNamed(argv, 'KEY'))
    // A value where a key belongs is refused before any word about it.
    for (const {key} of assignments) nameOf(key, '/')
    // FB_PARAM_TYPE says how all is kept, and nothing about what is typed here.
    const typed = raw.some((token) => token.type === 'flag' && token.flag === 'type')
    this.warnOfArgv(assignments, typed, flags)
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const site = await this.open(flags)
    const path = site.names.parameterPath
    refuseOthers(
      site,
      assignments.map(({key}) => key),
    )
    await this.identify(site)
    const given = await this.values(site, assignments, flags)
    const wishes = given.map(({key, value}) => ({key, name: nameOf(key, path), value}))
    const [store, fleet] = await Promise.all([this.aws(site, 'ssm'), fleetOf(site)])
    const changes = await planChanges(store, fleet, wishes, {
      ...flags,
      type: kindOf(flags.type),
      tier: tierOf(flags.tier),
      tags: parseTags(flags.tag),
      kmsKey: flags['kms-key'],
      ifVersion: flags['if-version'],
      createOnly: flags['create-only'],
      updateOnly: flags['update-only'],
      defaultKey: site.names.kmsKey,
    })
    const resume = (left: string[]) => [
      typedAgain('fb params set', raw, ParamsSet.flags, (word) => withoutValue(word, left)),
    ]
    return applyChanges(this.teller, site, {changes, fleet, ...flags, resume})
  }

  private warnOfArgv(assignments: Assignment[], typed: boolean, {type, json}: SetFlags): void {
    const machine = json || Boolean(this.parent.env.CI)
    const warning = refuseArgv(assignments, {machine, plain: typed && type !== 'secure'})
    if (warning) this.voice.tell(({paint, width}) => wrapped(`${paint.warn('!')} ${warning}`, width, 2))
  }

  private async values(site: Site, assignments: Assignment[], flags: SetFlags): Promise<Given[]> {
    const ways = {...flags, generate: flags.generate ? parseRecipe(flags.generate) : undefined}
    const given = await readValues(
      assignments,
      {...ways, keepNewline: flags['keep-newline']},
      {
        file: (path) => readText(this.directory, path).catch(unreadable),
        stdin: async () => textOf(await this.voice.input(), 'stdin'),
        editor: (key) => editText('', {...this.parent, name: key}),
        prompt: (key) => this.ask.secret(`${key} in ${site.environment.name} (not shown)`, '--stdin or KEY=@FILE'),
      },
    )
    for (const {note} of given) if (note) this.voice.tell(({paint, width}) => wrapped(paint.dim(`  ${note}`), width, 2))
    return given
  }
}

/** It may be no file but a value that begins with @, so it is not repeated. */
function unreadable(error: Error): never {
  const {code} = ((error as FbError).cause ?? {}) as NodeJS.ErrnoException
  throw new UsageError('The file after =@ cannot be read.', {
    code: 'file',
    because: [`${code ?? 'It is no text.'}`, 'A value that begins with @ is written with @@.'],
    state: 'Nothing was changed.',
  })
}

type SetFlags = Interfaces.InferredFlags<typeof ParamsSet.flags> & {json?: boolean}
