import {FbCommand} from '../../command.js'
import {stackFlags} from '../../flags.js'
import {resultOf, type ValidationResult, validationText} from '../../infra/validation-text.js'
import {definitionFor, stackSettingsOf, workFor} from '../../stack-access.js'
import {validateStack} from '../../stack-plan.js'
import {findTerraform} from '../../terraform/binary.js'

const INVALID = 1

export default class InfraValidate extends FbCommand {
  static override description =
    'Let Terraform and the AWS provider check the definition of an environment. Neither its state nor AWS is looked at.'
  static override examples = ['fb infra validate --env prod', 'fb infra validate --env shared --json']
  static override flags = stackFlags

  async run(): Promise<ValidationResult> {
    const {flags} = await this.parse(InfraValidate)
    const site = await this.openStack(flags)
    this.stands('Nothing was changed.')
    const {parent, directory} = this
    const terraform = await findTerraform(parent)
    const definition = await definitionFor(await stackSettingsOf(site, this.config.root))
    const work = workFor(site, {terraform, parent, directory})
    const result = resultOf(definition, await this.carryOut(validateStack(definition, work), site.clock))
    this.voice.print((canvas) => validationText(result, definition, canvas))
    if (!result.valid) this.exitAs(INVALID)
    return result
  }
}
