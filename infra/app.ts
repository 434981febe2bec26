import {RootConstruct} from 'constructs'

import {SHARED} from '../src/config/names.js'
import {block, hclOf} from './hcl.js'
import type {StackSettings} from './settings.js'
import {EnvironmentStack, SharedStack} from './stack.js'

/** A Terraform configuration in its JSON form. */
export type TerraformDocument = {
  terraform: object
  provider: Record<string, object[]>
  resource: Record<string, Record<string, Record<string, unknown>>>
  data?: Record<string, Record<string, Record<string, unknown>>>
  output?: Record<string, {value: string; sensitive?: boolean; description?: string}>
}

/** What Terraform is to make of these settings. In memory: nothing is written, and no other process runs. */
export function synthesize(settings: StackSettings): TerraformDocument {
  const {'//': _, ...document} = stackOf(settings).toTerraform() as TerraformDocument & {'//': unknown}
  return {...document, terraform: terraform(settings)}
}

/** The same as people write it. */
export function synthesizeHcl(settings: StackSettings): string {
  const {backend, required_providers: providers, ...rest} = terraform(settings)
  const body = {
    ...rest,
    required_providers: {value: {aws: {value: providers.aws, isBlock: false}}, isBlock: true},
    'backend "s3"': {value: backend.s3, isBlock: true},
  }
  return [block('terraform', body), ...hclOf(stackOf(settings))].join('\n')
}

function stackOf(settings: StackSettings) {
  const Stack = settings.environment.name === SHARED ? SharedStack : EnvironmentStack
  return new Stack(new RootConstruct(), settings)
}

/** In place of what cdktf and its bindings would pin: an exact version of the provider, and a local backend. */
function terraform({app, environment, state, awsProviderVersion}: StackSettings) {
  return {
    required_version: '>= 1.0.0',
    required_providers: {aws: {source: 'hashicorp/aws', version: awsProviderVersion}},
    backend: {
      s3: {
        bucket: state.bucket,
        key: `${app}/${environment.name}/terraform.tfstate`,
        region: state.region ?? environment.region,
        encrypt: true,
        ...(state.lockTable ? {dynamodb_table: state.lockTable} : {}),
        ...(state.lockfile ? {use_lockfile: true} : {}),
      },
    },
  }
}
