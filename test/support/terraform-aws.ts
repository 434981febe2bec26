import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {inject} from 'vitest'

import type {TerraformDocument} from '../../infra/app.js'
import {type Ended, start} from './fb.js'

const mirror = inject('providerMirror')

/** For `it.skipIf`: the test's name says what it needs. */
export const noProvider = !inject('terraform') || mirror === undefined

/** Terraform in a directory, with the provider of the mirror, which is found by the first `init` and then by all. */
export function terraformWithAws(directory: string, given: NodeJS.ProcessEnv = {}) {
  const configuration = join(directory, 'terraform.rc')
  const installation = `filesystem_mirror {\n    path    = ${JSON.stringify(mirror)}\n    include = ["registry.terraform.io/hashicorp/*"]\n  }`
  writeFileSync(configuration, `provider_installation {\n  ${installation}\n}\n`)
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    TF_CLI_CONFIG_FILE: configuration,
    TF_DATA_DIR: join(directory, 'data'),
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    ...given,
  }
  return (place: string, ...args: string[]): Promise<Ended> =>
    start('terraform', args, {cwd: join(directory, place), env}).ended
}

/** The document as Terraform finds it, with the state beside it: its backend is tested where states are. */
export function place(directory: string, name: string, {terraform, ...document}: TerraformDocument): void {
  const {backend: _, ...rest} = terraform as {backend: object}
  mkdirSync(join(directory, name), {recursive: true})
  writeFileSync(join(directory, name, 'main.tf.json'), JSON.stringify({...document, terraform: rest}))
}
