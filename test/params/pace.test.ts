import {expect, it} from 'vitest'

import {ssm} from '../../src/aws/ssm.js'
import type {ParameterRecord} from '../../src/sandbox/parameters.js'
import {seedParameters} from '../../src/sandbox/parameters-seed.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

/** Parameter Store's own limits for an account: reads of values in a second, and what a page has. */
const A_SECOND = 40
const A_PAGE = 10
const MANY = 5000
const LATENCY = 20

/** A store of 5,000 parameters whose every answer takes a while, and what was asked of it when. */
function manyParameters() {
  let now = 0
  const asked: number[] = []
  const clock = {
    now: () => new Date(now),
    sleep: async (ms: number) => {
      now += ms
    },
  }
  const [seeded] = Object.values(
    seedParameters({where: {app: 'a', env: 'e', service: 's', account: '1', region: 'r'}, seededAt: 0} as never),
  ) as ParameterRecord[]
  const page = (token: number) => ({
    Parameters: Array.from({length: A_PAGE}, (_, i) => ({
      Name: `/a/e/KEY_${token * A_PAGE + i}`,
      Type: 'SecureString',
      Value: seeded!.versions[0]!.value,
      Version: 1,
      LastModifiedDate: 0,
    })),
    ...((token + 1) * A_PAGE < MANY && {NextToken: String(token + 1)}),
  })
  const requestHandler = {
    metadata: {handlerProtocol: 'http/1.1'},
    async handle({body}: {body: Uint8Array}) {
      asked.push(now)
      now += LATENCY
      const {NextToken = '0'} = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString())
      const bytes = Buffer.from(JSON.stringify(page(Number(NextToken))))
      return {response: {statusCode: 200, headers: {'content-type': 'application/x-amz-json-1.1'}, body: bytes}}
    },
    httpHandlerConfigs: () => ({}),
    updateHttpClientConfig() {},
    destroy() {},
  }
  const connection = {
    region: 'us-east-1',
    credentials: {accessKeyId: 'x', secretAccessKey: 'x'},
    login: {},
    signal: new AbortController().signal,
    requestHandler,
  }
  return {store: ssm(connection, clock), asked, took: () => now}
}

it('reads 5,000 parameters within twice the time that the allowed rate takes, and never faster than it', async () => {
  const {store, asked, took} = manyParameters()
  expect(await store.under('/a/e/')).toHaveLength(MANY)
  expect(asked).toHaveLength(MANY / A_PAGE)
  const allowed = (MANY / A_PAGE / A_SECOND) * 1000
  expect(took()).toBeLessThan(2 * allowed)
  const busiest = Math.max(...asked.map((from) => asked.filter((at) => at >= from && at < from + 1000).length))
  expect(busiest).toBeLessThanOrEqual(A_SECOND)
})
