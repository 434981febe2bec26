import type {Smoke} from '../deploy/gate.js'
import {type Parent, run} from './command.js'
import {request} from './request.js'

const MINUTES = 5 * 60_000

type Given = {smoke: string[]; 'smoke-timeout'?: number}

export const smokesOf = ({smoke, 'smoke-timeout': limit = MINUTES}: Given, parent: Parent): Smoke[] =>
  smoke.map((text) => smokeOf(text, limit, parent))

/** A URL is asked, a `/path` is asked of the test URL, and anything else is a command for the shell. */
function smokeOf(text: string, limit: number, parent: Parent): Smoke {
  if (/^https?:\/\/\S+$/.test(text)) return {name: `GET ${text}`, run: (_, signal) => request(text, signal)}
  if (/^\/\S*$/.test(text))
    return {name: `GET ${text}`, run: (testUrl, signal) => request(new URL(text, testUrl).href, signal)}
  // A command may have several lines; its name is in one.
  return {name: text.trim().replace(/\s+/g, ' '), run: (testUrl, signal) => run(text, testUrl, limit, signal, parent)}
}
