// Part of npm run bench: a search of many events, against a reader that takes one page after the other.
import {spawnSync} from 'node:child_process'

import {bundled} from './bundled.js'

const COUNT = 1_000_000
const GOAL = 4

export async function benchLogSearch({home, line}) {
  const outfile = await bundled('log-search', home)
  const measure = (mode) => JSON.parse(spawnSync(process.execPath, [outfile, mode, String(COUNT)]).stdout.toString())
  line('')
  line(`a search of ${COUNT.toLocaleString('en-US')} events, pages of 100 ms`, 's', 'ratio', 'goal', 'MiB')
  const serial = measure('serial')
  const show = (name, {seconds, mib}, goal = '') =>
    line(name, seconds.toFixed(1), `${(serial.seconds / seconds).toFixed(1)}x`, goal, mib.toFixed(0))
  show('one page after the other', serial)
  show('fb logs search', measure('free'), `${GOAL}x`)
  show("the same within us-east-1's quota", measure('quota'))
}
