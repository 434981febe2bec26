// Part of npm run bench: log lines, from CloudWatch's answer to the pipe.
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {bundled} from './bundled.js'

const reporter = fileURLToPath(new URL('../peak-memory.cjs', import.meta.url))

const COUNT = 1_000_000
const GOALS = {parse: 250_000, pretty: 100_000, json: 150_000}
const WORDS = {parse: 'parse and know again', pretty: 'pretty, to a pipe', json: 'JSON, to a pipe'}

/** How many lines a second, on one core, and how much memory a million of them takes. */
export async function benchLogs({home, line, rounds}) {
  const outfile = await bundled('log-lines', home)
  line('')
  line(`${COUNT.toLocaleString('en-US')} log lines`, 'a second', 'MiB', 'goals')
  for (const [mode, goal] of Object.entries(GOALS)) {
    const runs = []
    for (let round = 0; round < rounds; round++) runs.push(await measure(outfile, mode, join(home, 'rss')))
    const {perSecond, mib} = runs.sort((a, b) => a.perSecond - b.perSecond)[rounds >> 1]
    line(WORDS[mode], perSecond.toLocaleString('en-US'), mib.toFixed(0), `${goal / 1000}k / 150`)
  }
}

/** A reader that takes all it gets is at the other end. */
async function measure(script, mode, file) {
  const command = ['--require', reporter, script, mode, String(COUNT)]
  const env = {...process.env, RSS_FILE: file}
  const child = spawn(process.execPath, command, {env, stdio: ['ignore', 'pipe', 'pipe']})
  let said = ''
  child.stdout.resume()
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${mode}: ${said}`)
  return {perSecond: Number(said), mib: Number(readFileSync(file, 'utf8')) / 1024}
}
