import {execFile} from 'node:child_process'
import {readFileSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {promisify} from 'node:util'
import {GetDeploymentCommand, ListDeploymentsCommand} from '@aws-sdk/client-codedeploy'
import {build} from 'esbuild'
import {expect, test} from 'vitest'
import {openSandbox} from '../../src/sandbox/sandbox.js'
import {clientsOf, deployTag, inGroup, look, manual, stateFile} from './account.js'

const run = promisify(execFile)

test('two sandboxes on one file agree, also on a rollback that neither has written down', async () => {
  const file = stateFile()
  const first = manual(file)
  const second = openSandbox({file})
  const id = await deployTag(clientsOf(first), '1.2.2-errors')
  second.advance(600_000)
  const [one, other] = [await look(clientsOf(first), id), await look(clientsOf(second), id)]
  expect(one).toEqual(other)
  expect(one.info.rollbackInfo!.rollbackDeploymentId).toMatch(/^d-[A-Z0-9]{9}$/)
})

test('reading changes nothing on disk', async () => {
  const file = stateFile()
  const sandbox = manual(file)
  const id = await deployTag(clientsOf(sandbox), '1.2.2-errors')
  sandbox.advance(600_000)
  const before = readFileSync(file, 'utf8')
  await look(clientsOf(sandbox), id)
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('the file is made on first use, for its owner only', async () => {
  const file = stateFile()
  const {codedeploy} = clientsOf(openSandbox({file}))
  const {deployments} = await codedeploy.send(new ListDeploymentsCommand(inGroup))
  const infos = await Promise.all(
    deployments!.map((deploymentId) => codedeploy.send(new GetDeploymentCommand({deploymentId}))),
  )
  expect(infos.map(({deploymentInfo}) => [deploymentInfo!.status, deploymentInfo!.creator])).toEqual([
    ['Succeeded', 'user'],
    ['Succeeded', 'codeDeployRollback'],
    ['Stopped', 'user'],
    ['Succeeded', 'user'],
  ])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700)
})

test('a lock left by a killed process is overruled after two seconds', () => {
  const file = stateFile()
  const sandbox = manual(file)
  writeFileSync(`${file}.lock`, 'somebody who was killed')
  const longAgo = Date.now() / 1000 - 3
  utimesSync(`${file}.lock`, longAgo, longAgo)
  sandbox.advance(1000)
  expect(() => statSync(`${file}.lock`)).toThrow('ENOENT')
})

test('changes of several processes at once are all kept', async () => {
  const file = stateFile()
  const sandbox = manual(file)
  const began = sandbox.clock.now().getTime()
  const outfile = path.join(path.dirname(file), 'advance.mjs')
  const contents = `
    import {openSandbox} from './src/sandbox/sandbox.js'
    const sandbox = openSandbox({file: process.argv[2]})
    for (let i = 0; i < 25; i++) sandbox.advance(1)`
  const source = {contents, resolveDir: path.resolve(import.meta.dirname, '../..'), loader: 'ts' as const}
  const banner = {js: `import {createRequire} from 'node:module'; const require = createRequire(import.meta.url)`}
  await build({stdin: source, bundle: true, platform: 'node', format: 'esm', outfile, banner, logLevel: 'error'})
  await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, [outfile, file])))
  expect(sandbox.clock.now().getTime() - began).toBe(100)
})

test('a file that cannot be read, or comes from another version, says what mends it', async () => {
  const file = stateFile()
  const sandbox = manual(file)
  const {codedeploy} = clientsOf(sandbox)
  const ask = () => codedeploy.send(new ListDeploymentsCommand(inGroup))
  writeFileSync(file, '{"version": 1, "clo')
  await expect(ask()).rejects.toThrow(`${file} is not readable. \`fb sandbox reset\` starts it afresh.`)
  writeFileSync(file, '{"version": 0}')
  await expect(ask()).rejects.toThrow('fb sandbox reset')
  sandbox.reset({speed: 0})
  expect((await ask()).deployments).toHaveLength(4)
})

test('the clock: sixty times as fast by default, still on speed 0, and sleep follows it', async () => {
  const sandbox = openSandbox({file: stateFile()})
  expect(sandbox.status()).toMatchObject({mode: 'scaled', speed: 60})
  const began = Date.now()
  await sandbox.clock.sleep(600)
  expect(Date.now() - began).toBeLessThan(500)
  sandbox.setSpeed(0)
  const still = sandbox.clock.now()
  await sandbox.clock.sleep(3_600_000)
  expect(sandbox.clock.now().getTime() - still.getTime()).toBe(3_600_000)
  expect(sandbox.status().mode).toBe('manual')
})

test('sleep ends at once when it is aborted, with the reason given', async () => {
  const sandbox = openSandbox({file: stateFile()})
  sandbox.reset({speed: 1})
  const abort = new AbortController()
  const sleeping = sandbox.clock.sleep(60_000, abort.signal)
  abort.abort(new Error('Ctrl-C'))
  await expect(sleeping).rejects.toThrow('Ctrl-C')
  await expect(sandbox.clock.sleep(1, abort.signal)).rejects.toThrow('Ctrl-C')
})

test('another environment is another account', async () => {
  const sandbox = openSandbox({file: stateFile(), app: 'shop', env: 'demo', service: 'v2', region: 'eu-west-1'})
  const {codedeploy} = clientsOf(sandbox)
  const group = {applicationName: 'shop-v2-demo', deploymentGroupName: 'shop-v2-demo'}
  expect((await codedeploy.send(new ListDeploymentsCommand(group))).deployments).toHaveLength(4)
  await expect(codedeploy.send(new ListDeploymentsCommand(inGroup))).rejects.toThrow('No application found')
  rmSync(sandbox.file)
})

test('says where it cannot keep its state, below a folder that takes no new ones', () => {
  const sandbox = openSandbox({file: '/proc/nowhere/fb/default.json'})
  expect(() => sandbox.reset()).toThrow(/cannot keep its state in \/proc\/nowhere \(ENOENT\)/)
})
