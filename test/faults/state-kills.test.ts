import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import type {Exchange, Rule} from '../support/fault-proxy.js'
import {motoHome, noTerraformOnMoto} from '../support/moto.js'
import type {StateHome} from '../support/state-home.js'
import {program} from '../support/terraform.js'
import {LOCKS, type Locks, type Name, OLD, prepared, stateAfter, under, whole} from './state-run.js'

/** Draws the same kills in every run; another seed draws others. */
const SEED = Number(process.env.FB_TEST_SEED ?? 20261123)
const KILLS = 50

type Kill = {i: number; name: Name; locks: Locks; where: number; when: 'before' | 'after'}

function kills(): Kill[] {
  const random = randomFrom(SEED)
  const among = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!
  return Array.from({length: KILLS}, (_, i) => ({
    i,
    name: among(['restore', 'rm']),
    locks: among(Object.keys(LOCKS) as Locks[]),
    where: random(),
    when: among(['before', 'after']),
  }))
}

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

type Left = {bucket: string; key: string; dynamodb_table: string | null; use_lockfile: boolean}

const left: Left[] = []

describe.skipIf(noTerraformOnMoto)(`kill -9 of fb, seed ${SEED},`, () => {
  it.concurrent.for(kills())(
    'number $i leaves a whole state, and a lock that can be freed ($name by $locks)',
    async ({name, locks, where, when}, test) => {
      const {calls, after} = await whole(name, locks, test)
      const nth = 1 + Math.floor(where * calls)
      const {home, code, pid} = await under(name, locks, test, ({kill}): Rule[] => {
        const die = async ({carryOut, response}: Exchange) => {
          if (when === 'after') await carryOut()
          kill('SIGKILL')
          response.destroy()
        }
        return [{nth, kind: die}]
      })
      expect(code).toBeNull()
      const found = await stateAfter(home, after)
      if (found === 'new') await expectBackup(home)
      await freed(home, name, pid)
      expect(await stateAfter(home, after)).toBe(found)
      const {bucket, key, table, lockTable, lockfile} = home
      left.push({bucket, key, dynamodb_table: table ? lockTable : null, use_lockfile: lockfile})
    },
  )

  it('leaves states that Terraform reads, every one of them', async () => {
    expect(left.length).toBe(KILLS)
    const {project} = await motoHome()
    const {terraform, directory} = project()
    writeFileSync(join(directory, 'backend.tf'), '')
    writeFileSync(join(directory, 'main.tf'), READS_ALL)
    writeFileSync(join(directory, 'terraform.tfvars.json'), JSON.stringify({left}))
    expect(await terraform(['init', '-no-color'])).toMatchObject({code: 0})
    expect(await terraform(['apply', '-auto-approve', '-no-color'])).toMatchObject({code: 0, stderr: ''})
    const read = JSON.parse((await terraform(['output', '-json', 'read'])).stdout)
    expect(new Set(read)).toEqual(new Set(['old', 'older']))
    expect(read).toHaveLength(KILLS)
  })

  it('is told from one of the Terraform that fb has started, which changes nothing', async (test) => {
    const {home, launch} = await prepared('rm', 'table', test)
    const dying = program('terraform', '[ "$1" = version ] && exec /usr/bin/env terraform "$@"; kill -KILL $$')
    const {code, stderr} = await launch({FB_TERRAFORM: join(dying, 'terraform')}).ended
    expect({code, stderr}).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Terraform was killed[\s\S]*Nothing was changed/),
    })
    expect(await home.state()).toEqual(OLD)
    expect(await stateAfter(home, OLD)).toBe('old')
    expect(await home.digest()).toBeDefined()
    expect(await home.locks()).toEqual([])
  })
})

/** What was replaced is kept, with all that makes it a backup. */
async function expectBackup(home: StateHome): Promise<void> {
  const [manifest, body] = (await home.keys()).sort()
  expect(manifest).toMatch(/\.manifest\.json$/)
  expect(await home.read(body!)).toEqual(OLD)
}

/** The dead fb's lock says whose it is, that its process is gone, and is freed by its id. */
async function freed(home: StateHome, name: Name, pid: number): Promise<void> {
  if ((await home.locks()).length > 0) {
    const {locks} = await home.lockStatus()
    for (const lock of locks)
      expect(lock).toMatchObject({
        alive: 'no',
        operation: expect.stringMatching(new RegExp(`^fb state ${name}.*, pid ${pid}( ns \\d+)?$`)),
        tool: expect.stringMatching(/^fb /),
      })
    const {code, stderr} = await home.run('unlock', [locks[0]!.id, '--yes'])
    expect(code, stderr).toBe(0)
  }
  expect(await home.locks()).toEqual([])
}

const READS_ALL = `variable "left" { type = any }
data "terraform_remote_state" "left" {
  count   = length(var.left)
  backend = "s3"
  config  = merge({region = "us-east-1", use_path_style = true}, var.left[count.index])
}
output "read" { value = data.terraform_remote_state.left[*].outputs.which }
`
