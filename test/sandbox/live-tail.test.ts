import {StartLiveTailCommand, type StartLiveTailResponseStream} from '@aws-sdk/client-cloudwatch-logs'
import {describe, expect, test} from 'vitest'
import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {serve} from '../../src/sandbox/serve.js'
import {clientsOf, cluster, manual} from './account.js'

const arn = `arn:aws:logs:us-east-1:000000000000:log-group:/ecs/${cluster}`
const ways: Record<
  string,
  (sandbox: Sandbox) => Promise<{transport: Parameters<typeof clientsOf>[0]; close(): unknown}>
> = {
  'in process': async (sandbox) => ({transport: sandbox, close() {}}),
  'over HTTP': async (sandbox) => {
    const {url, close} = await serve(sandbox, 0)
    return {transport: {endpoint: url}, close}
  },
}

describe.each(Object.entries(ways))('Live Tail %s', (_, open) => {
  async function session(sandbox: Sandbox, more: object = {}, abortSignal?: AbortSignal) {
    const {transport, close} = await open(sandbox)
    const command = new StartLiveTailCommand({logGroupIdentifiers: [arn], ...more})
    const {responseStream} = await clientsOf(transport).logs.send(command, {abortSignal})
    const parts = responseStream![Symbol.asyncIterator]() as AsyncIterator<StartLiveTailResponseStream>
    return {parts, next: async () => (await parts.next()).value as StartLiveTailResponseStream, close}
  }

  test('begins with the session, then sends what has arrived since, by arrival', async ({onTestFinished}) => {
    const sandbox = manual()
    const {next, close, parts} = await session(sandbox)
    onTestFinished(() => void close())
    expect((await next()).sessionStart).toMatchObject({sessionId: expect.any(String), logGroupIdentifiers: [arn]})
    const since = sandbox.clock.now().getTime()
    sandbox.advance(30_000)
    const {sessionMetadata, sessionResults = []} = (await next()).sessionUpdate!
    expect(sessionMetadata?.sampled).toBe(false)
    expect(sessionResults.length).toBeGreaterThan(3)
    for (const {ingestionTime, message} of sessionResults) {
      expect(ingestionTime).toBeGreaterThan(since)
      expect(message).toBeTruthy()
    }
    await parts.return?.()
  })

  test('samples what is more than 500 events a second, and ends with an error on the way', async ({onTestFinished}) => {
    const sandbox = manual()
    sandbox.fault('log-burst:900')
    const {next, close} = await session(sandbox, {logEventFilterPattern: 'DEBUG'})
    onTestFinished(() => void close())
    await next()
    sandbox.advance(15_000)
    const {sessionMetadata, sessionResults} = (await next()).sessionUpdate!
    expect([sessionMetadata?.sampled, sessionResults?.length]).toEqual([true, 500])
    sandbox.fault('livetail-cut')
    sandbox.advance(2000)
    await expect(next()).rejects.toMatchObject({name: 'SessionStreamingException'})
  })

  test('ends after three hours, and when the reader goes', async ({onTestFinished}) => {
    const sandbox = manual()
    const long = await session(sandbox)
    await long.next()
    sandbox.advance(3 * 3600_000 + 1)
    await expect(long.next()).rejects.toMatchObject({name: 'SessionTimeoutException'})
    const abort = new AbortController()
    const left = await session(sandbox, {}, abort.signal)
    onTestFinished(() => void Promise.all([long.close(), left.close()]))
    await left.next()
    abort.abort()
    await left.next().catch(() => {})
  })
})

test('Live Tail takes ARNs without :*, and no session beyond the limit', async () => {
  const sandbox = manual()
  const {logs} = clientsOf(sandbox)
  const start = (id: string) => logs.send(new StartLiveTailCommand({logGroupIdentifiers: [id]}))
  await expect(start(`${arn}:*`)).rejects.toMatchObject({name: 'InvalidParameterException'})
  await expect(start(arn.replace('/ecs/', '/no/'))).rejects.toMatchObject({name: 'ResourceNotFoundException'})
  sandbox.fault('livetail-limit')
  await expect(start(arn)).rejects.toMatchObject({name: 'LimitExceededException'})
})
