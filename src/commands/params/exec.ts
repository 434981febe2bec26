import {Flags} from '@oclif/core'

import {wrapped} from '../../columns.js'
import {FbCommand} from '../../command.js'
import {UsageError} from '../../errors.js'
import {siteFlags} from '../../flags.js'
import {environmentWith, Masker} from '../../params/environment.js'
import {chosen, entriesOf} from '../../params/export.js'
import {choiceFlags} from '../../params-flags.js'

const {yes: _, ...place} = siteFlags

export default class ParamsExec extends FbCommand {
  static override description =
    'Run a program with the parameters in its environment: no shell, no file, its own exit code (126 and 127: it cannot be run).'
  static override examples = [
    'fb params exec --env dev -- uvicorn app.main:app --reload',
    "fb params exec --env prod --only 'DB_*' --mask -- alembic upgrade head",
  ]
  static override enableJsonFlag = false
  static override strict = false
  static override usage = 'params exec [FLAGS] -- COMMAND...'
  static override flags = {
    ...place,
    ...choiceFlags,
    'skip-invalid': Flags.boolean({description: 'leave out what is no name of a variable'}),
    pristine: Flags.boolean({description: 'nothing of this environment but PATH, HOME, TERM and the like'}),
    override: Flags.boolean({
      description: 'parameters win over variables of the same name',
      default: true,
      allowNo: true,
    }),
    mask: Flags.boolean({
      description: 'take the values out of what the program says (default: in CI)',
      allowNo: true,
      env: 'FB_MASK',
    }),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(ParamsExec)
    const end = this.argv.indexOf('--')
    const command = end < 0 ? [] : this.argv.slice(end + 1)
    if (command.length === 0) throw noCommand()
    const site = await this.open(flags)
    const {parameterPath: path} = site.names
    const wanted = {path, ...flags, skipInvalid: flags['skip-invalid']}
    const entries = entriesOf(chosen(await (await this.aws(site, 'ssm')).under(path), wanted), path)
    const {env, clashes} = environmentWith(this.parent.env, entries, flags)
    if (clashes.length > 0)
      this.voice.tell(({paint, width}) =>
        wrapped(paint.dim(`${clashes.join(', ')}: the ${flags.override ? 'parameter' : 'variable'} wins`), width, 2),
      )
    const values = entries.map(([, value]) => value)
    const mask = flags.mask ?? Boolean(this.parent.env.CI)
    const release = this.parent.hold()
    const filter = mask ? () => new Masker(values) : undefined
    this.exitAs(await this.voice.inForeground(command, {env, filter}).finally(release))
  }
}

const noCommand = () =>
  new UsageError('There is no program to run.', {
    code: 'argument_missing',
    because: ['It follows after --, so that its flags are its own.'],
    next: ['fb params exec --env ENV -- COMMAND'],
  })
