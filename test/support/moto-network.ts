import {request} from 'node:http'
import {onTestFinished} from 'vitest'

import {type Backend, faultProxy, type Rule} from './fault-proxy.js'
import type {MotoHome} from './moto.js'

type Finishing = (work: () => Promise<void>) => void

/** A network that fails as told, between fb and moto: `env` sends fb through it. */
export async function network({url}: Pick<MotoHome, 'url'>, rules: Rule[], onFinished = onTestFinished as Finishing) {
  const proxy = await faultProxy(moto(url!), rules)
  onFinished(proxy.close)
  return {...proxy, env: {AWS_ENDPOINT_URL: proxy.url}}
}

/** What belongs to one connection and not to what is sent over it. */
const HOP = ['connection', 'expect', 'keep-alive', 'transfer-encoding', 'content-length']

const endToEnd = (headers: object) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP.includes(name))) as Record<string, string>

const moto = (url: string): Backend => ({
  handle: ({method, path, headers, body}) =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from((body ?? '') as Uint8Array)
      const options = {method, headers: {...endToEnd(headers), 'content-length': bytes.length}}
      const sent = request(`${url}${path}`, options, async (answer) => {
        const chunks: Buffer[] = []
        for await (const chunk of answer) chunks.push(chunk)
        const whole = Buffer.concat(chunks)
        const length = {'content-length': answer.headers['content-length'] ?? String(whole.length)}
        resolve({
          statusCode: answer.statusCode!,
          headers: {...endToEnd(answer.headers), ...length},
          body: whole,
        } as never)
      })
      sent.once('error', reject).end(bytes)
    }),
})
