import {Readable} from 'node:stream'
import {setImmediate as turn} from 'node:timers/promises'
import type {HttpResponse} from '@smithy/core/transport'
import {type Account, accountOf, openAccount, type Way} from './account.js'
import {answerOnTest, serveApplication} from './application.js'
import {type Clock, clockOf, rebased, timeOf} from './clock.js'
import {colleaguesDeployment} from './create.js'
import {statusOf} from './deployments.js'
import {activeFault, activeFaults, concerns, type FaultRecord, faultRecord, faults} from './faults.js'
import {wireError} from './handlers.js'
import {seed} from './seed.js'
import {type Knobs, type State, stateFile} from './state.js'
import {answer, type Call, type WireRequest} from './wire.js'

export type SandboxOptions = {
  file: string
  app?: string
  env?: string
  service?: string
  account?: string
  region?: string
}

export type Sandbox = ReturnType<typeof openSandbox>

/** An AWS account in one JSON file, and a folder beside it for buckets and tables. Opening it costs nothing; the file is made when the first request comes. */
export function openSandbox(options: SandboxOptions) {
  const {file, ...given} = options
  const where = {
    app: given.app ?? 'fastapi-bootstrap',
    env: given.env ?? 'sandbox',
    service: given.service ?? 'v1',
    account: given.account ?? '000000000000',
    region: given.region ?? 'us-east-1',
  }
  const store = stateFile(file, () => seed(where, 60))
  const change = (work: (state: State, now: number) => void) =>
    store.update((state) => work(state, timeOf(state.clock)))
  const reclock = (to: Parameters<typeof rebased>[1]) =>
    change((state) => {
      state.clock = rebased(state.clock, to)
    })
  const advance = (ms: number) => {
    reclock({advance: ms})
    return new Date(timeOf(store.read().clock))
  }
  const before = (call: Call): Account => {
    const account = openAccount(store)
    const record = wireFault(account, call)
    if (record) throw faultAnswer(account, record, call)
    return account
  }
  const handle = (request: WireRequest) => answer(request, before)
  return {
    file,
    region: where.region,
    handle,
    requestHandler: requestHandler(handle),
    clock: clockOf(() => store.read().clock, reclock) as Clock,
    reset: (fresh: {speed?: number} = {}) => store.replace(seed(where, fresh.speed ?? 60)),
    advance,
    setSpeed: (speed: number) => reclock({speed}),
    configure: (knobs: Partial<Knobs>) => change((state) => Object.assign(state.knobs, knobs)),
    fault: (spec: string) =>
      change((state, now) => {
        state.faults.push(faultRecord(spec, now))
        if (spec === 'stuck-deploy') colleaguesDeployment(accountOf(state, readOnly))
      }),
    clearFaults: () =>
      change((state, now) => {
        for (const fault of activeFaults(state.faults, now)) fault.until = now
      }),
    /** Where the application behind the test listener answers on this machine. */
    testUrl: () => serveApplication((path, nth) => answerOnTest(accountOf(store.read(), readOnly), path, nth)),
    status: () => summary(file, store.read()),
  }
}

/** The wire fault that answers this call, if any; one that wears off is used up by it. */
function wireFault({state, now, record}: Account, {operation}: Call): FaultRecord | undefined {
  const names = ['conn-reset', ...faults.filter((fault) => fault.wire).map((fault) => fault.name)]
  const find = (records: FaultRecord[]) =>
    activeFaults(records, now).find((fault) => names.includes(fault.name) && concerns(fault, operation))
  const found = find(state.faults)
  if (found?.left === undefined) return found
  return record((account) => {
    const counted = find(account.state.faults)
    if (counted?.left) counted.left--
    return counted
  })
}

function faultAnswer({inventory}: Account, {name}: FaultRecord, {service, operation}: Call): Error {
  if (name === 'conn-reset') return Object.assign(new Error('socket hang up'), {code: 'ECONNRESET', name: 'Error'})
  const {code, status, message} = faults.find((fault) => fault.name === name)!.wire!
  const {account, app, env} = inventory.where
  const said = message
    .replace('{caller}', `arn:aws:sts::${account}:assumed-role/sandbox/you`)
    .replace('{action}', `${service}:${operation}`)
    .replace('{role}', `arn:aws:iam::${account}:role/${app}-${env}-execution`)
  return wireError(code, said, status)
}

/** What any SDK client takes as `requestHandler`: the same wire format, without a port. */
function requestHandler(handle: (request: WireRequest) => Promise<HttpResponse>) {
  let before: Promise<void> = Promise.resolve()
  return {
    metadata: {handlerProtocol: 'http/1.1'},
    httpHandlerConfigs: () => ({}),
    updateHttpClientConfig() {},
    destroy() {},
    async handle(request: WireRequest, options: {abortSignal?: AbortSignal} = {}) {
      // One after the other, as a network would bring them: whoever makes a dozen calls must still hear Ctrl-C.
      before = before.then(() => turn())
      await before
      if (options.abortSignal?.aborted) throw aborted()
      const response = await handle(request)
      if (response.body instanceof Readable) endWith(options.abortSignal, response.body)
      else response.body = Readable.from([Buffer.from(response.body)])
      return {response}
    },
  }
}

function endWith(signal: AbortSignal | undefined, body: Readable): void {
  // The reader may have gone already.
  body.on('error', () => {})
  signal?.addEventListener('abort', () => body.destroy(aborted()), {once: true})
}

const aborted = () => Object.assign(new Error('Request aborted'), {name: 'AbortError'})

const nothing = () => {
  throw new Error('Nothing is recorded from here.')
}
const readOnly: Way = {record: nothing, beside: {folder: '', index: nothing}}

function summary(file: string, state: State) {
  const {now, world} = accountOf(state, readOnly)
  const {speed} = state.clock
  const deployments = world.rollouts.map((rollout) => ({id: rollout.record.id, status: statusOf(rollout, now)}))
  return {
    file,
    now: new Date(now),
    speed,
    mode: speed === 0 ? 'manual' : speed === 1 ? 'real' : 'scaled',
    deployments: deployments.reverse(),
    faults: activeFaults(state.faults, now),
    codeDeploy: !activeFault(state.faults, 'not-code-deploy', now),
  }
}
