import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'

import {livenessOf} from '../../src/terraform/liveness.js'
import {worksOn} from '../../src/terraform/working-on.js'
import {directory} from '../support/terraform.js'

const STATE = 'bucket/app/dev/terraform.tfstate'
const linux = it.skipIf(!existsSync('/proc/self/cwd'))

const s3 = (config: object) => ({version: 3, backend: {type: 's3', config}})
const own = s3({bucket: 'bucket', key: 'app/dev/terraform.tfstate'})

/** A program called terraform that runs in a directory until the test ends. */
async function running(cwd: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const file = join(directory(), 'terraform')
  symlinkSync(process.execPath, file)
  const child = spawn(file, ['-e', 'console.log(1); setTimeout(() => {}, 1e6)', '--', ...args], {
    cwd,
    env: {...process.env, ...env},
  })
  onTestFinished(() => void child.kill())
  await once(child.stdout, 'data')
  return {pid: child.pid!, command: [file, ...args].join(' '), since: new Date()}
}

/** A directory as `terraform init` leaves it. */
function initialised(noted: unknown, data = '.terraform', home = directory()) {
  mkdirSync(join(home, data), {recursive: true})
  if (noted) writeFileSync(join(home, data, 'terraform.tfstate'), JSON.stringify(noted))
  return home
}

linux.each([
  ['this state', own, 'this'],
  ['another key', s3({bucket: 'bucket', key: 'app/test/terraform.tfstate'}), 'another'],
  ['another bucket', s3({bucket: 'other', key: 'app/dev/terraform.tfstate'}), 'another'],
  ['another kind of backend', {version: 3, backend: {type: 'local', config: {path: null}}}, 'another'],
  ['a file, without any backend', undefined, 'another'],
])('sees a Terraform that works on %s', async (_, noted, expected) => {
  expect(worksOn(await running(initialised(noted)), STATE)).toBe(expected)
})

linux('looks where the process has its data', async () => {
  const home = directory()
  initialised(own, 'sub/.terraform', home)
  expect(worksOn(await running(home, ['-chdir=sub', 'apply']), STATE)).toBe('this')
  expect(worksOn(await running(home, [`-chdir=${home}/sub`, 'apply']), STATE)).toBe('this')
  initialised(s3({bucket: 'other', key: 'k'}), '.terraform', home)
  initialised(own, 'elsewhere', home)
  expect(worksOn(await running(home, [], {TF_DATA_DIR: 'elsewhere'}), STATE)).toBe('this')
  expect(worksOn(await running(home, [], {TF_DATA_DIR: join(home, 'elsewhere')}), STATE)).toBe('this')
})

linux('knows the states of workspaces', async () => {
  const one = await running(initialised(s3({bucket: 'bucket', key: 'k.tfstate'})))
  expect(worksOn(one, 'bucket/env:/blue/k.tfstate')).toBe('this')
  expect(worksOn(one, 'bucket/env:/blue/green/k.tfstate')).toBe('another')
  const two = await running(initialised(s3({bucket: 'bucket', key: 'k.tfstate', workspace_key_prefix: 'app'})))
  expect(worksOn(two, 'bucket/app/dev/k.tfstate')).toBe('this')
})

linux('does not know where it cannot look', async () => {
  expect(worksOn(await running(directory()), STATE)).toBe('unknown')
  expect(worksOn({pid: 999_999_999, command: 'terraform'}, STATE)).toBe('unknown')
})

linux('calls only that one the holder of a lock which works on its state', async () => {
  const [taker, machine] = [{host: 'laptop', taken: new Date(), state: STATE}, '4026531836']
  await running(initialised(s3({bucket: 'other', key: 'k'})))
  expect(await livenessOf(taker, 'laptop', machine)).not.toMatchObject({alive: 'yes'})
  await running(directory())
  expect(await livenessOf(taker, 'laptop', machine)).toMatchObject({alive: 'unknown'})
  await running(initialised(own))
  expect(await livenessOf(taker, 'laptop', machine)).toMatchObject({alive: 'yes'})
})
