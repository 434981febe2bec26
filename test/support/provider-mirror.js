// Where this machine keeps the AWS provider for Terraform. Run by itself, it prints the place or ends with 1.
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {homedir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

/** What the bindings in infra/ were made from. */
export const PROVIDER = '5.100.0'

const {HOME = homedir(), TF_CLI_CONFIG_FILE = join(HOME, '.terraformrc')} = process.env

/** Terraform's own directories, and whatever somebody has put where software of one's own goes. */
const USUAL = [
  join(HOME, '.terraform.d/plugins'),
  '/usr/local/share/terraform/plugins',
  '/usr/share/terraform/plugins',
  ...(existsSync('/opt') ? readdirSync('/opt').map((name) => join('/opt', name)) : []),
]

/** A directory as `terraform providers mirror` makes it, or one with the same unpacked; undefined when there is none. */
export const providerMirror = () => [...configured(), ...USUAL].find(holdsProvider)

function configured() {
  if (!statSync(TF_CLI_CONFIG_FILE, {throwIfNoEntry: false})?.isFile()) return []
  const text = readFileSync(TF_CLI_CONFIG_FILE, 'utf8')
  return [...text.matchAll(/filesystem_mirror\s*\{[^}]*?\bpath\s*=\s*"([^"]+)"/g)].map(([, path]) => path)
}

/** @param {string} mirror */
function holdsProvider(mirror) {
  const place = join(mirror, 'registry.terraform.io/hashicorp/aws')
  return existsSync(place) && readdirSync(place).some((name) => name.includes(PROVIDER))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = providerMirror()
  if (found) console.log(found)
  process.exitCode = found ? 0 : 1
}
