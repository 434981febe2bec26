import {spawnSync} from 'node:child_process'
import {expect, it} from 'vitest'

import {processIn} from '../../src/state/locks/lock.js'
import {livenessOf} from '../../src/terraform/liveness.js'
import {pidNamespace} from '../../src/terraform/namespace.js'
import {thisWorker} from '../../src/worker.js'

const HOST = 'laptop'
const MACHINE = '4026531836'
const CONTAINER = '4026532300'
const taken = new Date()
const state = 'bucket/app/dev/terraform.tfstate'
const infoOf = (Info: string) => ({ID: '', Operation: '', Info, Who: '', Version: '', Created: '', Path: ''})

it('knows of its own surroundings that a process is gone', async () => {
  const {pid} = spawnSync('true')
  expect(thisWorker('1.0.0').namespace).toBe(pidNamespace())
  const own = {host: HOST, pid, namespace: pidNamespace(), taken, state}
  expect(await livenessOf(own, HOST)).toMatchObject({alive: 'no', because: `process ${pid}, which took it, is gone`})
})

it.each([
  ['outside of the container that fb is in', MACHINE, CONTAINER],
  ['in a container, and fb is outside', CONTAINER, MACHINE],
  ['in another container', CONTAINER, '4026532301'],
  ['by an fb that did not note where', undefined, CONTAINER],
])('does not call a process gone that took the lock %s', async (_, namespace, own) => {
  for (const pid of [999_999_999, process.pid])
    expect(await livenessOf({host: HOST, pid, namespace, taken, state}, HOST, own)).toMatchObject({alive: 'unknown'})
})

it('does not say in a container that no Terraform runs on the machine', async () => {
  const ages = {host: HOST, taken: new Date(0), state}
  expect(await livenessOf(ages, HOST, CONTAINER)).toMatchObject({alive: 'unknown'})
  expect(await livenessOf(ages, HOST, MACHINE)).toMatchObject({alive: 'no'})
  expect(await livenessOf(ages, HOST, undefined)).not.toMatchObject({alive: 'yes'})
})

it('reads the pid that a lock notes, with its surroundings and without', () => {
  expect(processIn(infoOf('pid 7 ns 4026531836'))).toEqual({pid: 7, namespace: MACHINE})
  expect(processIn(infoOf('pid 7'))).toEqual({pid: 7})
  for (const text of ['', 'pid x', 'my pid 7', 'pid 7 ns']) expect(processIn(infoOf(text)).pid).toBeUndefined()
})
