import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, expect, it, vi} from 'vitest'
import {instancesOf, readDocument} from '../../src/state/document/document.js'
import type {Edit} from '../../src/state/edit.js'
import {findTerraform} from '../../src/terraform/binary.js'
import {pidNamespace} from '../../src/terraform/namespace.js'
import {sweep} from '../../src/terraform/scratch.js'
import {editFile} from '../../src/terraform/state-file.js'
import {stateBytes} from '../support/states.js'
import {directory, noTerraform, parent, program} from '../support/terraform.js'

const bytes = stateBytes({
  serial: 7,
  resources: {'terraform_data.a': {id: '1'}, 'module.m["x"].terraform_data.b["k"]': {id: '2', password: 'hunter2'}},
})
afterEach(() => void vi.unstubAllEnvs())

const signal = new AbortController().signal
const fake = (script: string) =>
  ({path: join(program('terraform', script), 'terraform'), product: 'Terraform', version: '1.11.4'}) as const
const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`fb-terraform-${process.pid}-`))

async function edited(edit: Edit, env: NodeJS.ProcessEnv = {}) {
  const {self} = parent(env)
  const document = readDocument(await editFile(await findTerraform(self), bytes, edit, {parent: self, signal}), 'it')
  return {serial: document.serial, addresses: [...instancesOf(document)].map(({address}) => address)}
}

it.skipIf(noTerraform)('lets Terraform forget and move, and leaves no copy', async () => {
  expect(await edited(['rm', 'module.m["x"]'])).toEqual({serial: 8, addresses: ['terraform_data.a']})
  expect((await edited(['mv', 'terraform_data.a', 'module.n.terraform_data.c[0]'])).addresses).toContain(
    'module.n.terraform_data.c[0]',
  )
  expect(left()).toEqual([])
})

it.skipIf(noTerraform)('works the same whatever the user has set for his own Terraform', async () => {
  const place = directory()
  const env = {
    TF_CLI_ARGS: '-help',
    TF_CLI_ARGS_state_rm: '-dry-run',
    TF_LOG: 'TRACE',
    TF_LOG_PATH: join(place, 'log'),
    TF_DATA_DIR: join(place, 'data'),
    TF_WORKSPACE: 'other',
    TF_CLI_CONFIG_FILE: join(place, 'missing.rc'),
  }
  expect((await edited(['rm', 'terraform_data.a'], env)).serial).toBe(8)
  expect(existsSync(join(place, 'log'))).toBe(false)
})

it.skipIf(noTerraform)('gives Terraform’s own reason in plain text', async () => {
  const failing = edited(['mv', 'terraform_data.a', 'null_resource.a'], {
    TF_CLI_CONFIG_FILE: join(directory(), 'missing'),
  })
  await expect(failing).rejects.toMatchObject({
    code: 'terraform_failed',
    message: 'Terraform refused to change the state.',
    because: [
      'Error: Invalid state move request',
      "Cannot move terraform_data.a to null_resource.a: resource types don't match.",
    ],
  })
  expect(left()).toEqual([])
})

it.skipIf(noTerraform)(
  'leaves Terraform’s warnings out, also when it gives its reason in a way of its own',
  async () => {
    const {self} = parent({TF_CLI_CONFIG_FILE: join(directory(), 'missing')})
    const failing = editFile(fake('exec terraform state rm -state=missing a.b'), bytes, ['rm', 'a.b'], {
      parent: self,
      signal,
    })
    const failure = await failing.catch((error) => error)
    expect(failure.because[0]).toBe('No state file was found!')
  },
)

it.skipIf(noTerraform)('reads OpenTofu’s name on Terraform’s arguments', async () => {
  const place = program('tofu', 'exec terraform "$@"')
  expect((await edited(['rm', 'terraform_data.a'], {FB_TERRAFORM: join(place, 'tofu')})).serial).toBe(8)
})

it('keeps the state to this user, and gives Terraform neither credentials nor a terminal', async () => {
  const seen = join(directory(), 'seen')
  const script = `{ ls -ldn . *; env; tty; } > ${seen}; true`
  const {self} = parent({AWS_SECRET_ACCESS_KEY: 'hunter2', TF_CLI_ARGS: '-x'})
  expect(await editFile(fake(script), bytes, ['rm', 'a.b'], {parent: self, signal})).toEqual(bytes)
  const text = readFileSync(seen, 'utf8')
  expect(text.match(/^[d-]\S+/gm)).toEqual(['drwx------', '-rw-------', '-rw-------'])
  expect(text).toContain('TF_INPUT=0')
  expect(text).toContain('not a tty')
  expect(text).not.toContain('hunter2')
  expect(text).not.toContain('TF_CLI_ARGS')
})

it('kills a Terraform that hangs, with what it has started, and leaves nothing', async () => {
  const started = join(directory(), 'pid')
  const terraform = fake(`sh -c 'echo $$ > ${started}.new; mv ${started}.new ${started}; exec sleep 1000' & wait`)
  const {self, killed} = parent()
  const options = {parent: self, signal, patience: 500}
  const failing = editFile(terraform, bytes, ['rm', 'a.b'], options)
  await expect(failing).rejects.toMatchObject({message: 'Terraform did not end.', because: ['killed after 0.5 s']})
  expect(killed).toEqual([expect.any(Number)])
  const alive = () => spawnSync('kill', ['-0', readFileSync(started, 'utf8').trim()]).status === 0
  await vi.waitFor(() => expect(isGone(readFileSync(started, 'utf8').trim()) || !alive()).toBe(true))
  expect(left()).toEqual([])
})

it('leaves nothing when fb ends while Terraform hangs', async () => {
  const {self, exit} = parent()
  const started = join(directory(), 'started')
  const terraform = fake(`touch ${started}; exec sleep 1000`)
  const running = editFile(terraform, bytes, ['rm', 'a.b'], {parent: self, signal})
  await vi.waitFor(() => expect(existsSync(started)).toBe(true))
  expect(left()).toHaveLength(1)
  exit()
  expect(left()).toEqual([])
  await expect(running).rejects.toMatchObject({code: 'terraform_failed'})
})

it('gives Terraform thousands of addresses in portions that fit on a command line, all of the same copy', async () => {
  const {self} = parent()
  const addresses = Array.from({length: 30_000}, (_, i) => `module.network.aws_subnet.${'a'.repeat(50)}[${i}]`)
  const terraform = fake(`for last; do :; done; f=\${4#-state=}; printf '%s %s\\n' "$#" "$last" >> "$f"`)
  const made = await editFile(terraform, Buffer.from('\n'), ['rm', ...addresses], {parent: self, signal})
  const runs = made.toString().trim().split('\n')
  const counts = runs.map((line) => Number(line.split(' ')[0]) - 5)
  expect(counts.length).toBeGreaterThan(1)
  expect(counts.reduce((sum, count) => sum + count)).toBe(addresses.length)
  expect(runs.at(-1)).toContain(addresses.at(-1))
})

it('starts nothing after Ctrl-C', async () => {
  const {self} = parent()
  const aborted = AbortSignal.abort(new Error('interrupted'))
  await expect(editFile(fake('exit 0'), bytes, ['rm', 'a.b'], {parent: self, signal: aborted})).rejects.toThrow(
    'interrupted',
  )
})

it('removes what a killed fb has left, and only that', async () => {
  const [place, elsewhere] = [directory(), directory()]
  vi.stubEnv('TMPDIR', place)
  const namespace = pidNamespace()
  const own = (pid: number) => `fb-terraform-${pid}-${namespace ? `ns${namespace}-` : ''}abcdef`
  const [dead, alive] = [own(spawnSync('true').pid), own(process.ppid)]
  const [fresh, old] = ['fb-terraform-999999999-ns1-fresh0', 'fb-terraform-999999999-ns1-stale0']
  for (const name of [dead, alive, fresh, old, 'fb-terraform-notes']) mkdirSync(join(place, name))
  const yesterday = new Date(Date.now() - 25 * 3_600_000)
  utimesSync(join(place, old), yesterday, yesterday)
  writeFileSync(join(place, dead, 'state'), bytes)
  symlinkSync(elsewhere, join(place, 'fb-terraform-1000000000-link'))
  await sweep()
  const kept = ['fb-terraform-1000000000-link', alive, fresh, 'fb-terraform-notes']
  expect(readdirSync(place).sort()).toEqual(kept.sort())
})

it('says so when the disk takes no copy', async () => {
  const {self} = parent()
  const terraform = fake('exit 0')
  vi.stubEnv('TMPDIR', join(directory(), 'missing'))
  const failing = editFile(terraform, bytes, ['rm', 'a.b'], {parent: self, signal})
  await expect(failing).rejects.toMatchObject({code: 'no_scratch', next: ['export TMPDIR=/a/directory/with/room']})
})

/** Killed, and its parent has not asked for it yet. */
const isGone = (pid: string) => !existsSync(`/proc/${pid}`) || / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
