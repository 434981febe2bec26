import {execFile} from 'node:child_process'
import {promisify} from 'node:util'

import type {Commits} from '../deploy/plan.js'

const run = promisify(execFile)
const SHOWN = 10

/** The commits between two image tags, when both are revisions of the repository in `directory`. */
export async function commitsBetween(directory: string, from: string, to: string): Promise<Commits | undefined> {
  const git = async (...args: string[]) => (await run('git', ['-C', directory, ...args], {timeout: 5000})).stdout.trim()
  const revision = async (tag: string) => {
    for (const name of [tag, `v${tag}`]) {
      const found = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`).catch(
        () => '',
      )
      if (found) return found
    }
    return undefined
  }
  const [old, now] = await Promise.all([revision(from), revision(to)])
  if (!old || !now || old === now) return undefined
  const range = `${old}..${now}`
  const logged = ['log', `--max-count=${SHOWN}`, '--format=%h%x09%an%x09%s', range]
  // The list is a courtesy: a repository too slow or too shallow to say does not stop a deployment.
  const [count, log] = await Promise.all([git('rev-list', '--count', range), git(...logged)]).catch(() => [])
  if (count === undefined || log === undefined) return undefined
  const list = log
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [sha = '', author = '', subject = ''] = line.split('\t')
      return {sha, author, subject}
    })
  return {count: Number(count), list}
}
