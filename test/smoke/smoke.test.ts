import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {describe, expect, it, onTestFinished} from 'vitest'

import {run} from '../../src/smoke/command.js'
import {request} from '../../src/smoke/request.js'
import {smokesOf} from '../../src/smoke/smoke.js'

const never = new AbortController().signal
const AT_ONCE = {tries: 3, pause: 1, timeout: 300}

/** A server that answers each request with the next status; the last one again and again. */
async function answering(...statuses: number[]) {
  const paths: string[] = []
  const server = createServer(({url}, response) => {
    paths.push(url!)
    const status = statuses[Math.min(paths.length, statuses.length) - 1]!
    if (status > 0) response.writeHead(status, status === 302 ? {location: '/login'} : {}).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths}
}

describe('a URL', () => {
  it.each([200, 204])('is good when it answers %i', async (status) => {
    const {url} = await answering(status)
    expect(await request(url, never, AT_ONCE)).toMatchObject({
      ok: true,
      detail: expect.stringMatching(`^${status} after`),
    })
  })

  it.each([
    [302, /^302 to \/login after/],
    [404, /^404 after/],
    [500, /^500 after/],
  ])('is bad at the first word of the application: %i', async (status, detail) => {
    const {url, paths} = await answering(status, 200)
    expect(await request(url, never, AT_ONCE)).toMatchObject({ok: false, detail: expect.stringMatching(detail)})
    expect(paths).toHaveLength(1)
  })

  it.each([502, 503, 504])('is asked again while the load balancer has no target: %i', async (status) => {
    const {url} = await answering(status, status, 200)
    expect(await request(url, never, AT_ONCE)).toMatchObject({
      ok: true,
      detail: expect.stringContaining('asked 3 times'),
    })
  })

  it('is given up after a few tries, and after a silence', async () => {
    const {url} = await answering(503)
    expect(await request(url, never, AT_ONCE)).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/^503 .*asked 3 times/),
    })
    const silent = await answering(0)
    expect(await request(silent.url, never, {...AT_ONCE, tries: 1})).toMatchObject({
      ok: false,
      detail: expect.stringContaining('no answer; is this machine among loadBalancer.testFrom?'),
    })
  })

  it('says why there is no connection', async () => {
    expect(await request('http://127.0.0.1:1/', never, AT_ONCE)).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/^no connection: .*asked 3 times/),
    })
  })

  it('ends with the signal', async () => {
    const {url} = await answering(0)
    const stop = new AbortController()
    const tested = request(url, stop.signal, {...AT_ONCE, timeout: 60_000})
    stop.abort()
    expect(await tested).toMatchObject({ok: false, detail: 'interrupted'})
  })
})

const parent = {env: process.env, kill: process.kill, atExit: () => {}}
const command = (text: string, limit = 60_000, signal = never) => run(text, 'http://new', limit, signal, parent)

describe('a command', () => {
  it('is good when it ends with 0, and knows where the new version is', async () => {
    expect(await command('echo at $FB_TEST_URL')).toMatchObject({ok: true, lines: ['at http://new']})
  })

  it('is bad when it ends with anything else, and its last lines are kept', async () => {
    const {ok, detail, lines} = await command('seq 1 30; echo sorry >&2; exit 7')
    expect({ok, detail}).toEqual({ok: false, detail: 'exit 7 after 0s'})
    expect(lines).toContain('30')
    expect(lines).toContain('sorry')
    expect(lines.length).toBeLessThan(25)
  })

  it('is ended with all it has started when its time is over', async () => {
    const {ok, detail, lines} = await command('sh -c "echo $$; sleep 100" & wait', 200)
    expect({ok, detail}).toEqual({ok: false, detail: 'not done within 0s'})
    expect(lines).toHaveLength(1)
  })

  it('is ended by the signal', async () => {
    const stop = new AbortController()
    const tested = command('sleep 100', 60_000, stop.signal)
    stop.abort()
    expect(await tested).toMatchObject({ok: false, detail: 'interrupted'})
  })
})

describe('what --smoke takes', () => {
  it('a path is asked of the new version', async () => {
    const {url, paths} = await answering(200)
    const {name, run: test} = smokesOf({smoke: ['/health?deep=1'], 'smoke-timeout': 1000}, parent)[0]!
    expect(await test(url, never)).toMatchObject({ok: true})
    expect({name, paths}).toEqual({name: 'GET /health?deep=1', paths: ['/health?deep=1']})
  })

  it('a URL is asked as it is', async () => {
    const {url, paths} = await answering(200)
    expect(
      await smokesOf({smoke: [`${url}/own`], 'smoke-timeout': 1000}, parent)[0]!.run('http://elsewhere', never),
    ).toMatchObject({ok: true})
    expect(paths).toEqual(['/own'])
  })

  it('anything else is for the shell', async () => {
    expect(
      await smokesOf({smoke: ['test "$FB_TEST_URL" = http://new'], 'smoke-timeout': 1000}, parent)[0]!.run(
        'http://new',
        never,
      ),
    ).toMatchObject({
      ok: true,
    })
  })
})
