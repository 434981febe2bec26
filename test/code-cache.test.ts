import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'

import {home} from './support/fb.js'

const status = ['status', '--env', 'sandbox', '--json']

function fresh() {
  const {directory, fb} = home()
  const cache = join(directory, 'cache')
  const built = () => join(cache, 'fb/code', readdirSync(join(cache, 'fb/code'))[0]!)
  return {cache, built, run: (args: string[], more = {}) => fb(args, {XDG_CACHE_HOME: cache, ...more})}
}

test('fb does the same cold, warm, and without the cache', async () => {
  const {run} = fresh()
  const cold = await run(status)
  expect(cold).toMatchObject({code: 0, stderr: ''})
  for (const more of [{}, {}, {FB_NO_CODE_CACHE: '1'}]) expect(await run(status, more)).toEqual(cold)
})

test('the cache is for nobody else to read or write', async () => {
  const {run, built} = fresh()
  await run(['--help'])
  expect(statSync(built()).mode & 0o777).toBe(0o700)
  const files = readdirSync(built())
  expect(files).toContain('start.cjs')
  for (const file of files) expect(statSync(join(built(), file)).mode & 0o777, file).toBe(0o600)
})

test('a warm run writes nothing; another command adds what it compiled', async () => {
  const {run, built} = fresh()
  await run(['--help'])
  const before = readdirSync(built())
  const times = () => before.map((file) => statSync(join(built(), file)).mtimeMs)
  const first = times()
  await run(['--help'])
  expect(times()).toEqual(first)
  await run(status)
  expect(readdirSync(built()).length).toBeGreaterThan(before.length)
})

test('FB_NO_CODE_CACHE=1 leaves no trace', async () => {
  const {run, cache} = fresh()
  await run(['--help'], {FB_NO_CODE_CACHE: '1'})
  expect(existsSync(cache)).toBe(false)
})

test('damaged files are ignored and replaced: V8 would crash on them', async () => {
  const {run, built} = fresh()
  const {stdout} = await run(['--help'])
  for (const [i, file] of readdirSync(built())
    .filter((name) => name.endsWith('.cjs'))
    .entries()) {
    const data = readFileSync(join(built(), file))
    const damaged = [data.subarray(0, data.length / 3), Buffer.alloc(data.length), Buffer.from(data).fill(7, 64, 512)]
    writeFileSync(join(built(), file), damaged[i % 3]!)
  }
  expect(await run(['--help'])).toEqual({code: 0, stdout, stderr: ''})
  expect(await run(['--help'])).toEqual({code: 0, stdout, stderr: ''})
})

test('a place that cannot be written to costs only time', async () => {
  const {run, cache} = fresh()
  writeFileSync(cache, 'a file, where a directory should be')
  expect(await run(['--help'])).toMatchObject({code: 0, stderr: ''})
})

test('a directory that others can write to is not trusted', async () => {
  const {run, built} = fresh()
  await run(['--help'])
  chmodSync(built(), 0o777)
  for (const file of readdirSync(built())) writeFileSync(join(built(), file), '')
  await run(['--help'])
  for (const file of readdirSync(built())) expect(statSync(join(built(), file)).size, file).toBe(0)
})

test('nor is a link to somewhere else', async () => {
  const {run, built, cache} = fresh()
  await run(['--help'])
  const elsewhere = fresh()
  mkdirSync(join(elsewhere.cache, 'fb/code'), {recursive: true})
  mkdirSync(join(cache, 'target'), {mode: 0o700})
  symlinkSync(join(cache, 'target'), join(elsewhere.cache, 'fb/code', built().split('/').at(-1)!))
  await elsewhere.run(['--help'])
  expect(readdirSync(join(cache, 'target'))).toEqual([])
})

test('many at once, all cold, do not disturb each other', async () => {
  const {run, built} = fresh()
  const ended = await Promise.all(Array.from({length: 6}, () => run(['--help'])))
  expect(new Set(ended.map(({code, stdout, stderr}) => `${code}${stderr}${stdout}`)).size).toBe(1)
  expect(readdirSync(built()).filter((file) => /\.\d+$/.test(file) && statSync(join(built(), file)).size > 0)).toEqual(
    [],
  )
})
