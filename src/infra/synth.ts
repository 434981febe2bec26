import type {TerraformDocument} from '../../infra/app.js'
import type {StackSettings} from '../../infra/settings.js'

export type {StackSettings, TerraformDocument}

/** The one way to infra/: cdktf and the provider's bindings are loaded when a document is first asked for. */
const definition = () => import('../../infra/app.js')

/** Where the hooks' zips are, seen from the directory that Terraform works in: their path is kept in the state. */
export const HOOKS = 'hooks'

export async function synthesize(settings: StackSettings): Promise<TerraformDocument> {
  const document = (await definition()).synthesize(settings)
  for (const body of Object.values(document.resource.aws_lambda_function ?? {}))
    for (const [name, value] of Object.entries(body))
      if (typeof value === 'string') body[name] = seenFromThere(value, settings)
  return document
}

export async function synthesizeHcl(settings: StackSettings): Promise<string> {
  return seenFromThere((await definition()).synthesizeHcl(settings), settings)
}

const seenFromThere = (text: string, {hooksDirectory}: StackSettings) =>
  text.replaceAll(`${hooksDirectory}/`, `${HOOKS}/`)
