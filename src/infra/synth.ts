import type {TerraformDocument} from '../../infra/app.js'
import type {StackSettings} from '../../infra/settings.js'

export type {StackSettings, TerraformDocument}

/** The one way to infra/: cdktf and the provider's bindings are loaded when a document is first asked for. */
const definition = () => import('../../infra/app.js')

/** Where the hooks' zips are, seen from the directory that Terraform works in: their path is kept in the state. */
export const HOOKS = 'hooks'

export async function synthesize(settings: StackSettings): Promise<TerraformDocument> {
  const document = (await definition()).synthesize(settings)
  const own = `${settings.hooksDirectory}/`
  for (const body of Object.values(document.resource.aws_lambda_function ?? {}))
    if (typeof body.filename === 'string') body.filename = body.filename.replace(own, `${HOOKS}/`)
  return document
}

export async function synthesizeHcl(settings: StackSettings): Promise<string> {
  return (await definition()).synthesizeHcl(settings).replaceAll(`${settings.hooksDirectory}/`, `${HOOKS}/`)
}
