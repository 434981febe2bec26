import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'

import {commitsBetween} from '../../src/repository/commits.js'

let root: string
const git = (...args: string[]) =>
  execFileSync(
    'git',
    ['-C', root, '-c', 'user.name=Ana', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false', ...args],
    {stdio: 'pipe'},
  )

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'fb-git-'))
  git('init', '-q')
  for (const n of Array.from({length: 12}, (_, i) => i)) git('commit', '-q', '--allow-empty', '-m', `change ${n}`)
  git('tag', 'v1.1.0')
  git('tag', '1.0.0', 'HEAD~11')
})
afterAll(() => rmSync(root, {recursive: true, force: true}))

it('lists the newest ten between two tags, with or without a v, and counts them all', async () => {
  const commits = await commitsBetween(root, '1.0.0', '1.1.0')
  expect(commits).toMatchObject({count: 11, list: {length: 10, 0: {author: 'Ana', subject: 'change 11'}}})
})

it.each([
  ['1.0.0', '9.9.9'],
  ['1.0.0', '1.0.0'],
  ['--upload-pack=x', '1.0.0'],
])('says nothing about %s..%s', async (from, to) => {
  expect(await commitsBetween(root, from, to)).toBeUndefined()
})

it('says nothing outside a repository', async () => {
  expect(await commitsBetween(tmpdir(), '1.0.0', '1.1.0')).toBeUndefined()
})
