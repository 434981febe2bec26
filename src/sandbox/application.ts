import type {AddressInfo} from 'node:net'
import type {Account} from './account.js'
import {testListenerGroup} from './deployments.js'
import {activeFault} from './faults.js'
import {rehearsals} from './images.js'
import {targetOf, tasksOf} from './tasks.js'
import {setsAt} from './world.js'

type Answer = {status: number; body: object}

/** What the application behind the test listener says to its `nth` request. */
export function answerOnTest({world, state, now}: Account, path: string, nth: number): Answer {
  const group = testListenerGroup(world, now)
  const set = setsAt(world, now).findLast((one) => one.group === group && one.status !== 'DRAINING')
  const fit = set && tasksOf(world, set, now).some((task) => targetOf(task, now)?.State === 'healthy')
  if (!fit) return {status: 503, body: {message: 'Service Unavailable'}}
  const errors = rehearsals[set.rehearsal]?.errorPercent ?? Number(activeFault(state.faults, '5xx', now)?.argument ?? 0)
  if ((nth * errors) % 100 < errors) return {status: 500, body: {detail: 'Internal Server Error'}}
  if (!/^\/(health|api\/)/.test(path)) return {status: 404, body: {detail: 'Not Found'}}
  return {status: 200, body: {status: 'ok', taskDefinition: set.taskDefinition}}
}

/** The application on a port of this machine, as long as the process lives: its load balancer's name leads nowhere. */
export async function serveApplication(answer: (path: string, nth: number) => Answer): Promise<string> {
  const {createServer} = await import('node:http')
  let requests = 0
  const server = createServer(({url = '/'}, response) => {
    const {status, body} = answer(url, requests++)
    response.writeHead(status, {'content-type': 'application/json'}).end(`${JSON.stringify(body)}\n`)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  server.unref()
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
