import {resolve} from 'node:path'
import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {stackFlags} from '../../flags.js'
import {type Definition, documentText, speaksPlainHttp} from '../../infra/definition.js'
import {plainHttp, summaryText, writtenText} from '../../infra/summary.js'
import {synthesizeHcl} from '../../infra/synth.js'
import {definitionFor, stackSettingsOf} from '../../stack-access.js'
import {writeConfiguration} from '../../terraform/configuration.js'

export default class InfraSynth extends FbCommand {
  static override description =
    'Make the Terraform configuration of an environment: tell what is in it, or write it to a directory.'
  static override examples = [
    'fb infra synth --env prod',
    'fb infra synth --env prod --out terraform/prod',
    'fb infra synth --env shared --hcl > shared.tf',
    "fb infra synth --env dev --json | jq '.resource.aws_vpc'",
  ]
  static override flags = {
    ...stackFlags,
    out: Flags.string({description: 'directory to write it to; other files there stay', helpValue: 'DIR'}),
    hcl: Flags.boolean({description: "in HCL, Terraform's own language, instead of JSON"}),
  }

  async run(): Promise<Definition['document']> {
    const {flags} = await this.parse(InfraSynth)
    const site = await this.openStack(flags)
    const settings = await stackSettingsOf(site, this.config.root)
    const definition = await definitionFor(settings)
    const hcl = flags.hcl ? await synthesizeHcl(settings) : undefined
    if (speaksPlainHttp(settings)) this.voice.tell((canvas) => plainHttp(definition.env, canvas))
    if (hcl && !flags.out) this.voice.print(() => hcl.trimEnd().split('\n'))
    else this.voice.print((canvas) => summaryText(definition, canvas))
    if (flags.out) this.write(definition, flags.out, hcl)
    return definition.document
  }

  private write(definition: Definition, out: string, hcl: string | undefined): void {
    const main = hcl ? {path: 'main.tf', text: hcl} : {path: 'main.tf.json', text: documentText(definition)}
    writeConfiguration(resolve(this.directory, out), [main, ...definition.hooks])
    this.voice.print((canvas) => writtenText(`${out.replace(/\/$/, '')}/${main.path}`, canvas))
  }
}
