import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, type TestContext, vi} from 'vitest'

import {type Exchange, pass} from '../support/fault-proxy.js'
import {noTerraformOnMoto} from '../support/moto.js'
import {network} from '../support/moto-network.js'
import {standIn} from '../support/stand-in.js'
import {type StateHome, stateHome} from '../support/state-home.js'

type Child = {kill(signal: NodeJS.Signals): void; close(): void; said(): string}

const heard = (child: Child) => vi.waitFor(() => expect(child.said()).toContain('Ctrl-C'), {timeout: 20_000})

const CLOSED = 'a closed stdout and stderr'

/** What ends an fb, or leaves it without anybody who reads; and the exit code when it ended the apply. */
const SIGNALS: Record<string, {send(child: Child): unknown; code?: number}> = {
  INT: {send: ({kill}) => kill('SIGINT'), code: 130},
  'INT twice': {
    async send(child) {
      child.kill('SIGINT')
      await heard(child)
      child.kill('SIGINT')
    },
    code: 130,
  },
  TERM: {send: ({kill}) => kill('SIGTERM'), code: 143},
  HUP: {send: ({kill}) => kill('SIGHUP'), code: 129},
  [CLOSED]: {send: ({close}) => close()},
}

type Moment = {of(call: Exchange, before: Exchange[]): boolean} | 'while a resource is made'

const nth = (matches: (call: Exchange) => boolean, n: number) => ({
  of: (call: Exchange, before: Exchange[]) => matches(call) && before.filter(matches).length === n - 1,
})
/** fb itself writes nothing to the table here; Terraform locks twice, and saves the digest once. */
const put = ({action}: Exchange) => action === 'dynamodb:PutItem'
const state = ({action, path}: Exchange) => action === 's3:PutObject' && path.endsWith('terraform.tfstate')

const MOMENTS: Record<string, Moment> = {
  'as it locks the state to plan': nth(put, 1),
  'as it locks the state to apply': nth(put, 2),
  'while a resource is made': 'while a resource is made',
  'as it saves the state': nth(state, 1),
  'as it saves the digest': nth(put, 3),
  'as it frees the lock': nth(({action}) => action === 'dynamodb:DeleteItem', 2),
}

const TIMES = Number(process.env.FB_TEST_TIMES ?? 1)

const RUNS = Object.keys(MOMENTS).flatMap((moment) =>
  Object.keys(SIGNALS).flatMap((signal) => Array.from({length: TIMES}, () => ({moment, signal}))),
)

describe.skipIf(noTerraformOnMoto)('fb infra up', () => {
  it.concurrent.for(RUNS)('leaves no lock and a whole state after %j', {timeout: 180_000}, async (run, test) => {
    const {signal} = run
    const {code, stderr, home, made} = await signalled(run, test)
    expect(await home.locks()).toEqual([])
    const found = (JSON.parse(String((await home.state()) ?? '{}')).resources ?? []) as {name: string}[]
    // More than the marks when one was ended between its being there and its mark.
    expect(found.map(({name}) => name).sort(), stderr).toEqual(expect.arrayContaining(made()))
    if (code !== 0 && signal !== CLOSED)
      expect(stderr).toMatch(/State {2}(\d of 3 changes are made|Nothing was changed)/)
    expect(stderr).not.toMatch(/\n {4}at |undefined|\[object/)
    const all = made().length === 3
    const ends = SIGNALS[signal]!.code
    expect(all || ends === undefined ? [0, ends] : [ends], stderr).toContain(code)
    // Nothing of plan or state is left of what the run wrote for itself.
    expect(readdirSync(join(home.directory, 'tmp'))).toEqual([])
    expect(readdirSync(home.directory).filter((name) => name.includes('errored'))).toEqual([])
  })
})

async function signalled({moment, signal}: {moment: string; signal: string}, test: TestContext) {
  const {onTestFinished} = test
  const home = await stateHome({lockfile: true, onFinished: onTestFinished})
  const {marks, go, terraform} = document(home)
  const when = MOMENTS[moment]!
  const before: Exchange[] = []
  let child: Child | undefined
  const happen = async (exchange: Exchange) => {
    const now = when !== 'while a resource is made' && when.of(exchange, before)
    before.push(exchange)
    if (now) await SIGNALS[signal]!.send(child!)
    return pass(exchange)
  }
  const net = await network(home, [{kind: happen, times: Infinity}], onTestFinished)
  mkdirSync(join(home.directory, 'tmp'))
  const env = {...net.env, FB_TERRAFORM: terraform, TMPDIR: join(home.directory, 'tmp')}
  const started = home.launch(['infra', 'up', '--env', 'dev', '--yes'], env)
  child = {
    kill: (name) => started.child.kill(name),
    close() {
      started.child.stdout.destroy()
      started.child.stderr.destroy()
    },
    said: () => started.said.stderr,
  }
  const exit = new Promise<number | null>((resolve) => started.child.once('exit', resolve))
  if (when === 'while a resource is made') {
    const begun = vi.waitFor(() => expect(existsSync(join(marks, 'second'))).toBe(true), {timeout: 90_000})
    await Promise.race([begun, exit.then(() => Promise.reject(new Error(started.said.stderr)))])
    await SIGNALS[signal]!.send(child)
    if (SIGNALS[signal]!.code === undefined) go()
  } else go()
  return {code: await exit, stderr: started.said.stderr, home, made: () => readdirSync(marks).sort()}
}

/** Three resources one after the other, each of which leaves a mark when it is made; the second waits until it may go on. */
function document(home: StateHome) {
  const marks = join(home.directory, 'marks')
  const go = join(home.directory, 'go')
  mkdirSync(marks)
  const made = (name: string, more = '', before: string[] = []) => ({
    input: name,
    depends_on: before,
    provisioner: [{'local-exec': {command: `touch ${marks}/${name}${more}`}}],
  })
  const resource = {
    terraform_data: {
      first: made('first'),
      second: made('second', `; while [ ! -e ${go} ]; do sleep 0.05; done`, ['terraform_data.first']),
      third: made('third', '', ['terraform_data.second']),
    },
  }
  return {marks, go: () => writeFileSync(go, ''), terraform: standIn(home, {resource})}
}
