import {accessSync, constants, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, delimiter, join, resolve} from 'node:path'

import {FbError, NotFound, Refused} from '../errors.js'
import {complaint, type Parent, run} from './child.js'

export type Terraform = {path: string; product: 'Terraform' | 'OpenTofu'; version: string}

/** Older ones are out of support everywhere, and fb was never tried with them. */
const OLDEST = '1.5'
const PATIENCE = 20_000

/** FB_TERRAFORM if it is set, else terraform, else tofu on the PATH; and which version that is. */
export async function findTerraform(parent: Parent): Promise<Terraform> {
  const wanted = parent.env.FB_TERRAFORM
  const paths = wanted ? [located(wanted, parent.env)] : [located('terraform', parent.env), located('tofu', parent.env)]
  const path = paths.find((found) => found !== undefined)
  if (!path) throw wanted ? noSuchTerraform(wanted) : noTerraform()
  const product = /tofu/i.test(basename(path)) ? 'OpenTofu' : 'Terraform'
  const found = {path, product, version: await versionOf(path, parent)} as const
  if (isOlder(found.version, OLDEST)) throw tooOld(found)
  return found
}

function located(name: string, {PATH = ''}: NodeJS.ProcessEnv): string | undefined {
  if (/[/\\]/.test(name)) return isProgram(resolve(name)) ? resolve(name) : undefined
  const places = PATH.split(delimiter).filter(Boolean)
  return places.map((place) => resolve(join(place, name))).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

const SAID = /"terraform_version":\s*"(\d+\.\d+\.\d+[^"]*)"/
/** Before 0.13 it took no notice of -json. */
const SAID_ONCE = /^Terraform v(\d+\.\d+\.\d+\S*)/m

/** Asked where it will work, away from the user's directory: a version manager may choose by the directory. */
async function versionOf(path: string, parent: Parent): Promise<string> {
  const ran = await run(path, ['version', '-json'], {cwd: tmpdir(), parent, ms: PATIENCE}).catch((error: Error) => ({
    stdout: '',
    stderr: error.message,
    code: null,
    late: false,
  }))
  const version = (SAID.exec(ran.stdout) ?? SAID_ONCE.exec(ran.stdout))?.[1]
  if (version) return version
  throw new FbError(`${path} does not say which version of Terraform it is.`, {
    code: 'no_terraform',
    because: ran.late ? [`no answer in ${PATIENCE / 1000} s`] : complaint(ran),
    state: 'Nothing was changed.',
    next: ['export FB_TERRAFORM=/path/to/terraform'],
  })
}

/** By major and minor version, which is what a state's format and Terraform's commands follow. */
export function isOlder(version: string, than: string): boolean {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [numbers(version), numbers(than)]
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}

/** Terraform itself reads the newer state without a word and writes what it has understood of it. */
export function refuseNewer({path, product, version}: Terraform, written: string): void {
  if (!isOlder(version, written)) return
  throw new Refused(`The state was written by version ${written}, and ${product} here is ${version}.`, {
    code: 'newer_state',
    because: [`found ${path}`, 'What an older version does not know of, it drops.'],
    state: 'Nothing was changed.',
    next: [`install ${written} or later: ${DOWNLOADS}`, 'export FB_TERRAFORM=/path/to/terraform'],
  })
}

const numbers = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10) || 0)

const DOWNLOADS = 'https://developer.hashicorp.com/terraform/install or https://opentofu.org/docs/intro/install'
const INSTALL = [`install it: ${DOWNLOADS}`, 'export FB_TERRAFORM=/path/to/terraform']

const noTerraform = () =>
  new NotFound('This needs Terraform, and there is neither terraform nor tofu on the PATH.', {
    code: 'no_terraform',
    state: 'Nothing was changed.',
    next: INSTALL,
  })

const noSuchTerraform = (wanted: string) =>
  new NotFound(`FB_TERRAFORM is ${wanted}, and there is no such program.`, {
    code: 'no_terraform',
    state: 'Nothing was changed.',
    next: INSTALL,
  })

const tooOld = ({path, product, version}: Terraform) =>
  new FbError(`${product} ${version} is too old: fb needs ${OLDEST} or later.`, {
    code: 'terraform_too_old',
    because: [`found ${path}`],
    state: 'Nothing was changed.',
    next: INSTALL,
  })
