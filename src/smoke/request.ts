import {setTimeout as wait} from 'node:timers/promises'
import type {Tested} from '../deploy/gate.js'
import {duration} from '../durations.js'

/** How often a load balancer is asked that does not answer for its targets yet, and how long apart (ms). */
export type Patience = {tries: number; pause: number; timeout: number}
const PATIENCE: Patience = {tries: 5, pause: 3000, timeout: 10_000}

/** The load balancer's own answers while it has just been told of new targets. Anything else is the application's word. */
const NOT_THERE_YET = new Set([502, 503, 504])

/** Asks `url` once, or again while nothing behind it answers; good is an answer of 200 to 299. */
export async function request(
  url: string,
  signal: AbortSignal,
  {tries, pause, timeout}: Patience = PATIENCE,
): Promise<Tested> {
  const began = Date.now()
  for (let n = 1; ; n++) {
    const {ok, detail, again} = await ask(url, AbortSignal.any([signal, AbortSignal.timeout(timeout)]))
    const took = duration(Date.now() - began)
    if (ok || !again || n === tries || signal.aborted)
      return {ok, detail: n > 1 ? `${detail}, asked ${n} times in ${took}` : detail, lines: []}
    await wait(pause, undefined, {signal}).catch(() => {})
  }
}

type Answer = {ok: boolean; detail: string; again: boolean}

async function ask(url: string, signal: AbortSignal): Promise<Answer> {
  const began = Date.now()
  try {
    const response = await fetch(url, {redirect: 'manual', signal, headers: {'user-agent': 'fb'}})
    await response.body?.cancel()
    const {status, headers, ok} = response
    const to = headers.get('location')
    return {
      ok,
      detail: `${status}${to ? ` to ${to}` : ''} after ${Date.now() - began} ms`,
      again: NOT_THERE_YET.has(status),
    }
  } catch (error) {
    return {ok: false, ...whyNot(error as Error)}
  }
}

type Cause = Error & {code?: string; reason?: string}

/** fetch says only that it failed; what it was is in the cause, or in the causes of several addresses. */
function whyNot(error: Error): Omit<Answer, 'ok'> {
  if (error.name === 'TimeoutError')
    return {detail: 'no answer; is this machine among loadBalancer.testFrom?', again: true}
  if (error.name === 'AbortError') return {detail: 'interrupted', again: false}
  const cause = (error.cause ?? error) as Cause & {errors?: Cause[]}
  const {code = '', message, reason} = cause.errors?.[0] ?? cause
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      detail: `the certificate is for another name (${reason ?? message}); give that name with --test-url`,
      again: false,
    }
  if (/CERT|SELF_SIGNED|SIGNATURE|ERR_(SSL|TLS)|EPROTO/.test(code))
    return {detail: `the certificate or TLS is refused: ${code}, ${message}`, again: false}
  return {detail: `no connection: ${code ? `${code}, ` : ''}${message}`, again: true}
}
