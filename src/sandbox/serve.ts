import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {pipeline, Readable} from 'node:stream'
import type {Sandbox} from './sandbox.js'

/** The sandbox on a port of this machine only, for AWS clients other than fb. Port 0 takes a free one. */
export async function serve(sandbox: Pick<Sandbox, 'handle'>, port: number) {
  const server = createServer((request, response) => {
    respond(sandbox, request, response).catch((error: Error) => {
      // A reset connection is one of the faults: the client must see its socket die, not an answer.
      if ('code' in error && error.code === 'ECONNRESET') return request.socket.destroy()
      response.writeHead(500, {'content-type': 'application/json'}).end(JSON.stringify({message: error.message}))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  const {port: taken} = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {url: `http://127.0.0.1:${taken}`, close}
}

async function respond(sandbox: Pick<Sandbox, 'handle'>, request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const {method = 'POST', url = '/', headers} = request
  const answer = await sandbox.handle({method, path: url, headers, body: Buffer.concat(chunks)})
  response.writeHead(answer.statusCode, answer.headers)
  if (!(answer.body instanceof Readable)) response.end(Buffer.from(answer.body))
  else pipeline(answer.body, response, () => {})
}
