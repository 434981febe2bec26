import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, realpathSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'

import {mayHaveTaken, processOf, type Running, readPs, terraformsRunning} from '../../src/terraform/processes.js'
import {directory} from '../support/terraform.js'

/** A program that runs under a name until the test ends. */
async function running(name: string, cwd: string) {
  const file = join(cwd, name)
  symlinkSync(process.execPath, file)
  const child = spawn(file, ['-e', 'console.log(1); setTimeout(() => {}, 1e6)', 'apply'], {cwd})
  onTestFinished(() => void child.kill())
  await once(child.stdout, 'data')
  return child.pid
}

it('knows a process that lives and one that has ended', async () => {
  const self = (await processOf(process.pid)) as Running
  expect(self.command).toContain('node')
  expect(Math.abs(self.since!.getTime() - (Date.now() - process.uptime() * 1000))).toBeLessThan(3000)
  expect(self.directory).toBe(existsSync('/proc/self/cwd') ? process.cwd() : undefined)
  expect(await processOf(spawnSync('true').pid)).toBe('gone')
})

it('finds a Terraform that runs, by whatever name of its own, and nothing else', async () => {
  const cwd = realpathSync(directory())
  // Its state is a file, so that it cannot hold the lock of a test beside this one.
  mkdirSync(join(cwd, '.terraform'))
  const [terraform, provider] = [await running('terraform', cwd), await running('terraform-provider-aws_v5.100.0', cwd)]
  const {running: found, everyones} = await terraformsRunning()
  expect(everyones).toBe(true)
  expect(found.find(({pid}) => pid === terraform)?.command).toMatch(/^\S+terraform .* apply$/)
  expect(found.find(({pid}) => pid === provider)).toBeUndefined()
})

it('tells the holder of a lock from a process that got its number later', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 10, minute))
  const command = 'node /usr/local/bin/fb state rm aws_vpc.main'
  expect(mayHaveTaken({pid: 7, command, since: at(1)}, at(2))).toBe(true)
  expect(mayHaveTaken({pid: 7, command, since: at(4)}, at(2))).toBe(false)
  const stepped = new Date(at(2).getTime() + 59_000)
  expect(mayHaveTaken({pid: 7, command, since: stepped}, at(2)), 'NTP has set the clock').toBe(true)
  expect(mayHaveTaken({pid: 7, command: '/usr/bin/terraform apply', since: at(1)}, at(2))).toBe(true)
  expect(mayHaveTaken({pid: 7, command: 'vim fb.yml', since: at(1)}, at(2))).toBe(false)
})

it('reads what ps says on a system without /proc', () => {
  const text = `    1 Mon Nov 23 08:00:01 2026     Ss     /sbin/launchd
  501 Mon Nov  2 09:12:44 2026     S+     /opt/homebrew/bin/terraform apply -auto-approve
  502 Mon Nov  2 09:12:44 2026     Z+     (terraform)
`
  expect(readPs(text)).toEqual([
    {pid: 1, command: '/sbin/launchd', since: new Date('2026-11-23T08:00:01Z')},
    {pid: 501, command: '/opt/homebrew/bin/terraform apply -auto-approve', since: new Date('2026-11-02T09:12:44Z')},
  ])
})
