import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {nameArg, siteFlags} from '../../flags.js'
import {readText, textOf} from '../../local/text.js'
import {planChanges} from '../../params/change.js'
import {type Format, formatNames} from '../../params/formats/formats.js'
import {wishesOf} from '../../params/import.js'
import {fleetOf} from '../../params-access.js'
import {typedAgain} from '../../params-again.js'
import {type Applied, applyChanges} from '../../params-apply.js'
import {choiceFlags, kindOf, restartFlag, tierFlag, tierOf, typeFlag} from '../../params-flags.js'

export default class ParamsImport extends FbCommand {
  static override description =
    'Set all parameters of a file. Nothing is written when one line is wrong; what is there already stays unchanged.'
  static override examples = [
    'fb params import .env --env dev',
    'fb params import prod.yaml --env prod --dry-run',
    'sops decrypt prod.json | fb params import - --format json --env prod --yes --reason "from sops"',
  ]
  static override args = {file: nameArg({description: 'which file; - is stdin', required: true})}
  static override flags = {
    ...siteFlags,
    format: Flags.string({char: 'f', description: 'how it is written (default: by its name)', options: formatNames}),
    ...choiceFlags,
    type: typeFlag(),
    tier: tierFlag(),
    'kms-key': Flags.string({description: 'KMS key (default: the environment’s)', env: 'FB_KMS_KEY', helpValue: 'KEY'}),
    reason: Flags.string({char: 'm', description: 'why; shown by fb params history', env: 'FB_REASON'}),
    restart: restartFlag,
    'dry-run': Flags.boolean({description: 'show what would change, then stop'}),
  }

  async run(): Promise<Applied> {
    const {args, flags, raw} = await this.parse(ParamsImport)
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const file = args.file!
    const text = file === '-' ? textOf(await this.voice.input(), 'stdin') : await readText(this.directory, file)
    const site = await this.open(flags)
    const {parameterPath: path, kmsKey: defaultKey} = site.names
    const source = {text, file: file === '-' ? 'stdin' : file, format: flags.format as Format | undefined}
    const wishes = wishesOf(source, {path, ...flags})
    await this.identify(site)
    const [store, fleet] = await Promise.all([this.aws(site, 'ssm'), fleetOf(site)])
    const changes = await planChanges(store, fleet, wishes, {
      type: kindOf(flags.type),
      tier: tierOf(flags.tier),
      kmsKey: flags['kms-key'],
      reason: flags.reason,
      defaultKey,
    })
    const resume = () => [typedAgain('fb params import', raw, ParamsImport.flags)]
    return applyChanges(this.teller, site, {changes, fleet, ...flags, resume})
  }
}
