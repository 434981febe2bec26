import {Args, Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {loadSettings} from '../../config/settings.js'
import {nameArg, siteFlags} from '../../flags.js'
import {readText, textOf} from '../../local/text.js'
import {compare, comparedDocument, compareText} from '../../params/compare.js'
import {entriesOf} from '../../params/export.js'
import type {Entry} from '../../params/formats/entry.js'
import {guess, parse} from '../../params/formats/formats.js'
import {matching} from '../../params/names.js'
import {fingerprintOn} from '../../params-access.js'

const DIFFERENT = 10
const {env: _, yes: __, ...place} = siteFlags

export default class ParamsDiff extends FbCommand {
  static override description =
    'Compare the parameters of two environments, or of one and a file, by value; what differs is said without a value. Exit 10 when something does.'
  static override examples = [
    'fb params diff test prod',
    "fb params diff test prod 'database/*' --all",
    'fb params diff prod prod.env --json',
    'fb params diff test prod --keys-only --quiet > /dev/null    # for a pipeline',
  ]
  static override args = {
    left: nameArg({description: 'environment', required: true}),
    right: nameArg({description: 'environment, or a file; - is stdin', required: true}),
    pattern: Args.string({ignoreStdin: true, description: 'only keys like this, with * and ?'}),
  }
  static override flags = {
    ...place,
    all: Flags.boolean({description: 'list what is the same, too'}),
    'keys-only': Flags.boolean({description: 'only which keys there are'}),
  }

  async run(): Promise<ReturnType<typeof comparedDocument>[]> {
    const {args, flags} = await this.parse(ParamsDiff)
    const {environments} = await loadSettings(this.directory)
    const read = (from: string): Promise<Entry[]> =>
      Object.hasOwn(environments, from) || !/[./-]/.test(from) ? this.ofEnvironment(from, flags) : this.ofFile(from)
    const wanted = args.pattern === undefined ? () => true : matching(args.pattern)
    const [left, right] = [await this.ofEnvironment(args.left!, flags), await read(args.right!)].map((entries) =>
      entries.filter(([key]) => wanted(key)),
    ) as [Entry[], Entry[]]
    const compared = compare(left, right, flags['keys-only'])
    const names = {left: args.left!, right: args.right!, all: flags.all, fingerprint: fingerprintOn(this.parent.env)}
    this.voice.print((canvas) => compareText(compared, names, canvas))
    if (compared.some(({state}) => state !== 'same')) this.exitAs(DIFFERENT)
    return compared.map(comparedDocument)
  }

  private async ofEnvironment(env: string, flags: object): Promise<Entry[]> {
    const site = await this.open({...flags, env})
    return entriesOf(await (await this.aws(site, 'ssm')).under(site.names.parameterPath), site.names.parameterPath)
  }

  private async ofFile(file: string): Promise<Entry[]> {
    const text = file === '-' ? textOf(await this.voice.input(), 'stdin') : await readText(this.directory, file)
    return parse(guess(file, text), text, file === '-' ? 'stdin' : file).map(({key, value}) => [key, value])
  }
}
