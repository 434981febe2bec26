import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect, it} from 'vitest'

import {largeState} from '../../scripts/bench/large-state.js'
import {noMoto} from '../support/moto.js'
import {md5, stateHome} from '../support/state-home.js'

const BYTES = 100e6
const MOST = 400
const reporter = fileURLToPath(new URL('../../scripts/peak-memory.cjs', import.meta.url))

it.skipIf(noMoto)(
  `backs up and restores a state of 100 MB within ${MOST} MiB of memory`,
  async () => {
    const home = await stateHome()
    const env = {NODE_OPTIONS: `--require ${reporter}`, RSS_FILE: join(home.directory, 'rss')}
    const peak = () => Number(readFileSync(env.RSS_FILE, 'utf8')) / 1024
    const older = largeState(BYTES, 7)
    await home.putState(older)
    const {code, stdout} = await home.run('backup', ['--json'], env)
    expect(code).toBe(0)
    expect(peak()).toBeLessThan(MOST)
    const {name} = JSON.parse(stdout)
    await home.putState(largeState(BYTES, 8))
    expect(await home.restore(name, [], env)).toMatchObject({code: 0})
    expect(peak()).toBeLessThan(MOST)
    const restored = (await home.state())!
    expect(restored.indexOf('"serial": 9,')).toBeGreaterThan(0)
    expect(md5(Buffer.from(String(restored).replace('"serial": 9,', '"serial": 7,')))).toBe(md5(older))
    expect(await home.digest()).toBe(md5(restored))
  },
  120_000,
)
