import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {expect, it} from 'vitest'

import {listen} from '../../src/terraform/listen.js'
import {said} from '../../src/terraform/said.js'
import {directory, parent, program} from '../support/terraform.js'

/** A Terraform that ends by itself some time after its first INT, and writes down every one that it hears. */
const STEADY = `trap 'echo INT >> heard; over=1' INT
echo one; echo two
while [ -z "$over" ]; do sleep 0.05; done
sleep 0.3; echo ending; exit 1`

function started(script: string, abort = new AbortController()) {
  const cwd = directory()
  const {self, exit} = parent()
  const env = {PATH: process.env.PATH}
  const run = listen(join(program('terraform', script), 'terraform'), [], {
    cwd,
    env,
    parent: self,
    signal: abort.signal,
  })
  const heard = () => (existsSync(join(cwd, 'heard')) ? readFileSync(join(cwd, 'heard'), 'utf8') : '')
  return {run, abort, heard, exit, cwd}
}

it('lets Terraform hear one INT however often fb is told to end, and waits for it', async () => {
  const {run, abort, heard, exit} = started(STEADY)
  expect((await run.next()).value).toBe('one')
  abort.abort()
  exit()
  abort.abort()
  expect((await run.next()).value).toBe('two')
  expect((await run.next()).value).toBe('ending')
  expect(await run.next()).toMatchObject({done: true, value: {code: 1}})
  expect(heard()).toBe('INT\n')
})

it('ends Terraform when nobody listens any more', async () => {
  const {run, heard} = started(STEADY)
  await run.next()
  await run.return({code: null, stderr: ''})
  expect(heard()).toBe('INT\n')
})

it('takes what Terraform prints although nobody asks for it', async () => {
  const {run, cwd} = started('i=0; while [ $i -lt 4000 ]; do printf %0100d 0; echo; i=$((i+1)); done; touch done')
  await run.next()
  for (let i = 0; !existsSync(join(cwd, 'done')) && i < 400; i++) await wait(25)
  expect(existsSync(join(cwd, 'done'))).toBe(true)
  let lines = 1
  while (!(await run.next()).done) lines++
  expect(lines).toBe(4000)
})

it('gives the last line without its end, and what was said on stderr', async () => {
  const {run} = started('printf "a\\nb"; echo why >&2; exit 3')
  expect([await run.next(), await run.next(), await run.next()]).toEqual([
    {done: false, value: 'a'},
    {done: false, value: 'b'},
    {done: true, value: {code: 3, stderr: 'why\n'}},
  ])
})

it('fails where there is no such program', async () => {
  const options = {cwd: directory(), env: {}, parent: parent().self, signal: new AbortController().signal}
  await expect(listen('/nowhere/terraform', [], options).next()).rejects.toThrow('ENOENT')
})

it.each([
  ['{"type":"refresh_start","hook":{"resource":{"addr":"aws_x.a"}}}', {type: 'refresh_start', address: 'aws_x.a'}],
  [
    '{"type":"planned_change","change":{"resource":{"addr":"aws_x.a"},"action":"delete","reason":"tainted"}}',
    {type: 'planned_change', address: 'aws_x.a', action: 'delete', reason: 'tainted'},
  ],
  [
    '{"type":"apply_progress","hook":{"resource":{"addr":"aws_x.a"},"action":"create","elapsed_seconds":10}}',
    {type: 'apply_progress', address: 'aws_x.a', action: 'create', elapsed: 10},
  ],
  [
    '{"@level":"error","type":"diagnostic","diagnostic":{"severity":"error","summary":"No","range":{"filename":"main.tf.json","start":{"line":7}}}}',
    {type: 'diagnostic', diagnostic: {severity: 'error', summary: 'No', detail: '', file: 'main.tf.json', line: 7}},
  ],
  ['{"type":"from_the_future","@message":"new"}', {type: 'other', text: 'new'}],
  ['{"type":"planned_change"}', {type: 'planned_change', address: '', action: ''}],
  ['\u001b[1mInitializing', {type: 'other', text: '\u001b[1mInitializing'}],
  ['{"cut', {type: 'other', text: '{"cut'}],
  ['null', {type: 'other', text: 'null'}],
])('reads %s', (line, expected) => {
  expect(said(line)).toEqual(expect.objectContaining(expected))
})
