import {FbError, UsageError} from '../errors.js'
import type {Workflow} from '../events.js'
import {complaint} from './child.js'
import {terraformFailure} from './failure.js'
import {keepLockFile, LOCK_FILE, type Workdir} from './workdir.js'

/** How Terraform gets ready: with the state's backend, or without any for what needs no state. */
export type Backend = {pathStyle: boolean} | false

/** Downloads the provider if need be, and opens the backend. Returns the version of the provider. */
export async function* prepare(workdir: Workdir, backend: Backend, step: string): Workflow<string> {
  yield {type: 'start', step}
  const {product} = workdir.work.terraform
  const run = workdir.listen(['init', '-input=false', '-no-color', ...backendArguments(backend)])
  const said: string[] = []
  let version = ''
  for (let line = await run.next(); ; line = await run.next()) {
    if (line.done) {
      workdir.work.signal.throwIfAborted()
      if (line.value.code !== 0)
        throw notPrepared(product, complaint({stdout: said.join('\n'), stderr: line.value.stderr}))
      break
    }
    said.push(line.value)
    version = /hashicorp\/aws v(\d[\w.-]*)/.exec(line.value)?.[1] ?? version
    if (/^- Installing /.test(line.value)) yield {type: 'progress', step, line: line.value.slice(2).replace(/\.+$/, '')}
  }
  workdir.keepPlugins()
  if (keepLockFile(workdir) && workdir.work.lockFile?.endsWith(`/${LOCK_FILE}`))
    yield {
      type: 'note',
      text: `${LOCK_FILE} is beside fb.yml now: commit it, and all of this platform use the same provider.`,
    }
  yield {type: 'done', step, detail: `hashicorp/aws ${version}`}
  return version
}

function backendArguments(backend: Backend): string[] {
  if (backend === false) return ['-backend=false']
  return backend.pathStyle ? ['-backend-config=use_path_style=true'] : []
}

const NO_PROVIDER =
  /Failed to (query available|install) provider|provider registry|registry\.(terraform|opentofu)\.(io|org)/
const OTHER_PLATFORM = /checksums previously recorded in the dependency lock file|different platforms?/
const OTHER_VERSION = /locked provider|does not match configured version constraint/

function notPrepared(product: string, because: string[]): FbError {
  const text = because.join(' ')
  if (OTHER_VERSION.test(text))
    return new UsageError(`fb.yml asks for another provider than ${LOCK_FILE} beside it has.`, {
      code: 'other_provider',
      because,
      state: 'Nothing was changed.',
      next: [
        `rm ${LOCK_FILE}   (a newer major version of the provider is a way with no return: back up the state first)`,
      ],
    })
  if (OTHER_PLATFORM.test(text))
    return new UsageError(`${LOCK_FILE} does not know the provider of this machine's platform.`, {
      code: 'other_platform',
      because,
      state: 'Nothing was changed.',
      next: [
        'fb infra synth --out DIR',
        'terraform -chdir=DIR providers lock -platform=linux_amd64 -platform=darwin_arm64   (then its lock file beside fb.yml)',
      ],
    })
  if (NO_PROVIDER.test(text)) return noProvider(product, because)
  return terraformFailure(`${product} could not get ready.`, [], because, () => undefined)
}

const noProvider = (product: string, because: string[]) =>
  new FbError(`${product} could not get the provider hashicorp/aws.`, {
    code: 'no_provider',
    because,
    state: 'Nothing was changed.',
    next: [
      'where the registry cannot be reached: terraform providers mirror DIR (on a machine that can)',
      'export TF_CLI_CONFIG_FILE=FILE   (with provider_installation { filesystem_mirror { path = "DIR" } })',
    ],
  })
