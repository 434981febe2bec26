import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {actorOf} from '../../deploy/release.js'
import {age} from '../../durations.js'
import {allNamed, nameArg, siteFlags} from '../../flags.js'
import {toDotenv} from '../../params/formats/dotenv.js'
import {type Got, getParameters} from '../../params/get.js'
import {masked} from '../../params/mask.js'
import {selected} from '../../params/names.js'
import type {Kind, Version} from '../../params/store.js'
import {fingerprintOn, refuseOthers} from '../../params-access.js'

type Document = {key: string; name: string; type: Kind; version: number; updatedAt: Date; value?: string}

export default class ParamsGet extends FbCommand {
  static override description =
    'Get a parameter: without its value on a terminal, the exact value in a pipe. Several in a pipe are lines of dotenv.'
  static override examples = [
    'fb params get DB_URL --env prod',
    'fb params get DB_URL@3 --env prod --reveal',
    'psql "$(fb params get DB_URL --env prod)"',
  ]
  static override strict = false
  static override args = {
    key: nameArg({description: 'KEY, KEY@VERSION or KEY@LABEL; several at once', required: true}),
  }
  static override flags = {...siteFlags, reveal: Flags.boolean({description: 'show the value on the terminal'})}

  async run(): Promise<Document | Document[]> {
    const {argv, flags} = await this.parse(ParamsGet)
    const site = await this.open(flags)
    const keys = allNamed(argv, 'KEY')
    refuseOthers(
      site,
      keys.map((one) => selected(one).key),
      'get',
    )
    const store = await this.aws(site, 'ssm')
    const found = await getParameters(store, keys, site.names.parameterPath)
    const open = flags.reveal || !this.voice.onScreen
    if (!open) {
      const versions = await Promise.all(found.map(({parameter}) => store.versions(parameter.name)))
      for (const [i, got] of found.entries()) this.show(got, versions[i]!, site.clock.now())
      if (!this.voice.json) this.voice.tell(({paint}) => [paint.dim('--reveal shows the value')])
    } else if (!this.voice.json) this.hand(found)
    const documents = found.map(({key, parameter: {name, type, version, modifiedAt, value}}) => ({
      key,
      name,
      type,
      version,
      updatedAt: modifiedAt,
      ...(open && {value}),
    }))
    return documents.length === 1 ? documents[0]! : documents
  }

  private show({key, parameter}: Got, versions: Version[], now: Date): void {
    const {value, version, type, modifiedAt} = parameter
    const by = actorOf(versions.find((one) => one.version === version)?.by ?? '') || 'somebody'
    this.voice.tell(({paint, safe}) => [
      `${paint.bold(safe(key))}  ${type}  v${version}${paint.dim(`  by ${safe(by)}, ${age(now.getTime() - modifiedAt.getTime())} ago`)}`,
    ])
    const mark = fingerprintOn(this.parent.env)(value)
    this.voice.print(({paint, safe}) => [`${safe(masked(value, key, type))}  ${paint.dim(`#${mark}`)}`])
  }

  /** Byte for byte: a pipe gets no line break that is not the value's own. */
  private hand(found: Got[]): void {
    const end = this.voice.onScreen ? '\n' : ''
    const entries = found.map(({key, parameter}): [string, string] => [key.replace(/@.*/, ''), parameter.value])
    this.voice.bytes(Buffer.from(found.length === 1 ? `${entries[0]![1]}${end}` : toDotenv(entries)))
  }
}
