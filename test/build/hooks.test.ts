import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'

import {root} from '../../scripts/build.js'
import {hookZips, zip} from '../../scripts/hooks.js'

it('bundles each hook into a zip of the same bytes on every build', async () => {
  const [once, again] = [await hookZips(root), await hookZips(root)]
  expect(Object.keys(once).sort()).toEqual(['hooks/check.zip', 'hooks/migration.zip'])
  for (const [name, bytes] of Object.entries(once)) expect(bytes.equals(again[name]!), name).toBe(true)
})

it('puts the built ones where a stack takes them from', async () => {
  for (const [name, bytes] of Object.entries(await hookZips(root)))
    expect(readFileSync(join(root, 'dist', name)).equals(bytes), name).toBe(true)
})

it('writes archives that others read, whatever the order of the files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fb-zip-'))
  onTestFinished(() => rmSync(directory, {recursive: true}))
  const files = {'b.txt': Buffer.from('second'), 'a.txt': Buffer.from('ä'.repeat(1000)), 'empty.txt': Buffer.alloc(0)}
  const bytes = zip(files)
  expect(zip(Object.fromEntries(Object.entries(files).reverse())).equals(bytes)).toBe(true)
  const file = join(directory, 'x.zip')
  writeFileSync(file, bytes)
  const script = `import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps({i.filename: [z.read(i).decode(), i.date_time[0], oct(i.external_attr >> 16)] for i in z.infolist()}))`
  const read = JSON.parse(execFileSync('python3', ['-c', script, file], {encoding: 'utf8'}))
  expect(Object.entries(read)).toEqual(
    Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, content]) => [name, [content.toString(), 1980, '0o100644']]),
  )
})

it('has a handler that Lambda can load, given the SDK of its runtime', async () => {
  for (const [name, bytes] of Object.entries(await hookZips(root))) {
    const text = bytes.toString()
    expect(text, name).toContain('handler')
    expect([...text.matchAll(/require\("([^"]+)"\)/g)].map(([, from]) => from)).toSatisfy((all: string[]) =>
      all.every((from) => /^(@aws-sdk\/client-(codedeploy|ecs)|node:https?)$/.test(from)),
    )
  }
})
