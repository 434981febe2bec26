// Part of npm run bench: how much memory `fb logs tail` takes, from HTTP to the pipe, and whether that grows with the lines.
import {spawn} from 'node:child_process'
import {once} from 'node:events'

import {bundled} from './bundled.js'

/** The second one takes 40 s: fb's share of the quota is ten pages a second. */
const COUNTS = [100_000, 1_000_000]
const GOAL = 150

export async function benchLogTail({home, fb, peak, line}) {
  const outfile = await bundled('log-server', home)
  line('')
  for (const count of COUNTS) {
    const server = spawn(process.execPath, [outfile, String(count)], {stdio: ['ignore', 'pipe', 'ignore']})
    const [port] = await once(server.stdout, 'data')
    const tail = fb(['logs', 'tail', '--group', 'g', '--since', '20m', '--no-follow', '--json', '--env', 'dev'])
    const {code, mib} = peak({...tail, env: access(`http://127.0.0.1:${String(port).trim()}`)})
    server.kill()
    const name = `peak memory of fb logs tail, ${count.toLocaleString('en-US')} lines`
    line(name, '', code === 0 ? `${mib.toFixed(0)} MiB` : 'FAILED', `${GOAL} MiB`)
  }
}

const access = (endpoint) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_REGION: 'us-east-1',
})
