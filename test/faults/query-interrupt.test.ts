import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'

import {type Exchange, faultProxy, pass} from '../support/fault-proxy.js'
import {home} from '../support/fb.js'

const SEARCH = ['logs', 'search', 'GET', '--env', 'sandbox', '--engine', 'insights']

/** A search whose query AWS begins, told to end before it knows that. */
async function interrupted(answer: (exchange: Exchange) => unknown, onTestFinished: (work: () => void) => void) {
  const {sandbox, launch} = home({speed: 1, onFinished: onTestFinished})
  const interrupt = async (exchange: Exchange) => {
    const heard = new Promise<void>((resolve) => {
      child.stderr.on('data', (text) => String(text).includes('Waiting for AWS') && resolve())
    })
    child.kill('SIGINT')
    await heard
    await answer(exchange)
  }
  const proxy = await faultProxy(sandbox, [{operation: 'logs:StartQuery', kind: interrupt}])
  onTestFinished(() => void proxy.close())
  const {child, ended} = launch(SEARCH, {FB_SANDBOX_ENDPOINT: proxy.url})
  const {code, stderr} = await ended
  return {code, stderr, queries: JSON.parse(readFileSync(sandbox.file, 'utf8')).queries ?? []}
}

const lost = async ({carryOut, response}: Exchange) => {
  await carryOut()
  response.socket?.resetAndDestroy()
}

it.for([
  ['answers', pass],
  ['has begun, and does not answer,', lost],
] as const)('a query that AWS %s after Ctrl-C is stopped', async ([, answer], {onTestFinished}) => {
  const {code, stderr, queries} = await interrupted(answer, onTestFinished)
  const stopped = expect.objectContaining({stoppedAt: expect.any(Number)})
  expect({code, queries}, stderr).toEqual({code: 130, queries: [stopped]})
  expect(stderr).toContain('Waiting for AWS to say which query it has started, to stop it.')
  expect(stderr).toContain('State  The query is stopped in AWS.')
})
