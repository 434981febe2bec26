import http from 'node:http'
import https from 'node:https'

import {type Clock, clock, type Work} from './hook.js'

const PAUSE = 3000
const PATIENCE = 5000
/** A load balancer's nodes learn one after the other where to send requests: one good answer may still be the old version's. */
const IN_A_ROW = 3

/** The status of the answer; throws when there is none. */
export type Ask = (url: string, headers: Record<string, string>) => Promise<number>

type Wanted = {
  url: string
  /** By CodeDeploy application: a header that names the service, and the paths that it must answer well. */
  checks: Record<string, {headers: Record<string, string>; paths: string[]}>
}

/** Asks what was deployed for its health and its smoke path, until all answer well several times in a row. */
export const requests =
  ({url, checks}: Wanted, ask: Ask = get, time: Clock = clock): Work =>
  async ({application}, until) => {
    const {paths, headers} = checks[application] ?? unknown(application)
    if (paths.length === 0) return `no path of ${url} leads to ${application} alone`
    let good = 0
    for (;;) {
      const bad = await firstBad(paths, (path) => ask(url + path, headers))
      good = bad ? 0 : good + 1
      if (good === IN_A_ROW) return `${url} answered well ${good} times in a row: ${paths.join(', ')}`
      if (time.now() + PAUSE + PATIENCE * paths.length > until)
        throw new Error(bad ? `${url}${bad}` : `${url} began to answer well too late`)
      await time.sleep(PAUSE)
    }
  }

async function firstBad(paths: string[], ask: (path: string) => Promise<number>): Promise<string | undefined> {
  for (const path of paths) {
    const status = await ask(path).catch((error: Error) => error.message || error.name)
    if (typeof status === 'string' || status < 200 || status > 399) return `${path}: ${status}`
  }
  return undefined
}

function unknown(application: string): never {
  throw new Error(`nothing is known of ${application}`)
}

export const get: Ask = (url, headers) =>
  new Promise((resolve, reject) => {
    const {protocol, hostname} = new URL(url)
    // A certificate is the application's: it never bears the load balancer's own name.
    const rejectUnauthorized = !hostname.endsWith('.elb.amazonaws.com')
    const timeout = AbortSignal.timeout(PATIENCE)
    const answered = (response: http.IncomingMessage) => {
      response.on('error', () => {}).resume()
      resolve(response.statusCode ?? 0)
    }
    const {get: send} = protocol === 'https:' ? https : http
    // Each request by a connection of its own: one that is kept asks the same node of the load balancer again.
    // The firewall's common rules block requests without this header, and it stands before the test listener too.
    send(
      url,
      {headers: {'user-agent': 'fb-hook', ...headers}, agent: false, rejectUnauthorized, signal: timeout},
      answered,
    ).on('error', (error) => reject(timeout.aborted ? new Error(`no answer within ${PATIENCE / 1000} s`) : error))
  })
