import {Flags, type Interfaces} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {UsageError} from '../../errors.js'
import {siteFlags} from '../../flags.js'
import {appendTo, writeSecret} from '../../local/output.js'
import {chosen, EXPORTS, entriesOf, exported, onTerminal, toEcs} from '../../params/export.js'
import type {Format} from '../../params/formats/formats.js'
import {keyOf} from '../../params/names.js'
import type {Parameter} from '../../params/store.js'
import {choiceFlags} from '../../params-flags.js'
import type {Site} from '../../site.js'

export default class ParamsExport extends FbCommand {
  static override description =
    'Write parameters in the format of a shell, a program or a pipeline. What a format cannot hold unchanged is refused.'
  static override examples = [
    'fb params export --env dev --output .env',
    'eval "$(fb params export --env dev --format shell)"',
    "fb params export --env prod --format json --only 'database/*' | jq -r keys[]",
    'fb params export --env prod --format github    # in a workflow: masks the values, then sets them',
    'fb params export --env prod --format ecs       # secrets of a task definition: no values',
  ]
  static override flags = {
    ...siteFlags,
    format: Flags.string({char: 'f', description: 'how', options: [...EXPORTS], default: 'dotenv', env: 'FB_FORMAT'}),
    output: Flags.string({char: 'o', description: 'into this file, for its owner alone', helpValue: 'FILE'}),
    ...choiceFlags,
    'skip-invalid': Flags.boolean({description: 'leave out what is no name of a variable'}),
    force: Flags.boolean({description: 'even into a git work tree'}),
  }

  async run(): Promise<{env: string; format: string; keys: string[]; output?: string} | undefined> {
    const {flags} = await this.parse(ParamsExport)
    const toScreen = this.voice.onScreen && !flags.output && flags.format !== 'ecs'
    if (toScreen && !flags.yes && !this.voice.json) throw onTerminal()
    const site = await this.open(flags)
    const {parameterPath: path} = site.names
    const wanted = {path, ...flags, skipInvalid: flags['skip-invalid']}
    const parameters = chosen(await (await this.aws(site, 'ssm')).under(path), wanted)
    await this.write(site, parameters, flags)
    const keys = parameters.map(({name}) => keyOf(name, path))
    return {env: site.environment.name, format: flags.format, keys, output: flags.output}
  }

  private async write(site: Site, parameters: Parameter[], flags: ExportFlags): Promise<void> {
    const {parameterPath: path} = site.names
    if (flags.format === 'ecs') return this.hand(toEcs(parameters, path, await this.place(site)), flags)
    const {text, masks} = exported(flags.format as Format, entriesOf(parameters, path))
    if (flags.format !== 'github') return this.hand(text, flags)
    const file = flags.output ?? this.parent.env.GITHUB_ENV
    if (!file) throw noRunner()
    if (!this.voice.json) this.voice.bytes(Buffer.from(masks))
    appendTo(file, text)
  }

  /** With --json the document is the result, so the values need a file. */
  private hand(text: string, {output, force}: ExportFlags): void {
    if (output) writeSecret(this.directory, output, text, {force})
    else if (this.voice.json) throw needsFile()
    else this.voice.bytes(Buffer.from(text))
  }

  private async place(site: Site) {
    const {arn, account} = await (await this.aws(site, 'sts')).caller()
    return {partition: arn.split(':')[1]!, region: site.environment.region, account}
  }
}

const noRunner = () =>
  new UsageError('There is no file of a runner: GITHUB_ENV is not set.', {code: 'no_runner', next: ['--output FILE']})

const needsFile = () =>
  new UsageError('--json says what was exported, so the values go into a file.', {
    code: 'output_missing',
    next: ['--output FILE', '--format json without --json'],
  })

type ExportFlags = Interfaces.InferredFlags<typeof ParamsExport.flags>
