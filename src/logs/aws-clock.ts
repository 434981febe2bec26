import type {Clock} from '../clock.js'
import {type Patience, persist} from './retry.js'
import type {ReadPage, Source} from './source.js'

/** A clock that is further from AWS's is put right (ms). */
const SKEW = 3000

/** This machine's clock may be wrong by minutes, and events are dated by AWS's: put right by what each answer says. */
export function byAwsTime(read: ReadPage, machine: Clock): {page: ReadPage; clock: Clock} {
  let skew = 0
  const page: ReadPage = async (query) => {
    const found = await read(query)
    // To the second, cut off.
    const ahead = found.answered === undefined ? 0 : found.answered + 500 - machine.now().getTime()
    skew = Math.abs(ahead) > SKEW ? ahead : 0
    return found
  }
  const now = () => new Date(machine.now().getTime() + skew)
  return {page, clock: {now, sleep: (ms, signal) => machine.sleep(ms, signal)}}
}

type Means = {page: ReadPage; clock: Clock; patience: Patience}

/** For so long the question is asked again (ms). */
const WORTH = 5000

/** The time, by AWS's clock: asked with one small question, before `10m ago` or `for 5m` is reckoned by a wrong one. */
export async function awsTime({page, clock, patience}: Means, source: Source): Promise<number> {
  const at = clock.now().getTime()
  // Whatever stands in its way, the reading itself meets that too, waits for as long as it may, and says so.
  const quietly = {...patience, note() {}, end: at + WORTH}
  await persist(() => page({...source, from: at, to: at}), quietly).catch(() => {})
  return clock.now().getTime()
}
