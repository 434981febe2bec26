import {statSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {bin, home, start} from '../support/fb.js'

const tail = (...more: string[]) => ['logs', 'tail', '--env', 'sandbox', ...more]
const GROUP = '/ecs/fastapi-bootstrap-sandbox'
const documents = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
const idsOf = (stdout: string): string[] => documents(stdout).map(({id}) => id)
/** How often each line is there: Live Tail gives no ids. */
function timesOf(stdout: string): Map<string, number> {
  const times = new Map<string, number>()
  for (const {ts, stream, raw} of documents(stdout)) {
    const line = `${ts} ${stream} ${raw}`
    times.set(line, (times.get(line) ?? 0) + 1)
  }
  return times
}

describe('fb logs tail', () => {
  it('prints in a pipe exactly what was logged, and ends', async () => {
    const {fb} = home()
    const {code, stdout, stderr} = await fb(tail('--since', '5m'))
    expect({code, stderr}).toEqual({code: 0, stderr: expect.stringContaining('what is there now; --follow goes on')})
    expect(stdout).toMatch(/^INFO: {5}10\.0\.\d\.9:\d+ - "GET \/health HTTP\/1\.1" 200 OK$/m)
  })

  it('shows every line exactly once, although batches come late, pages are empty, and calls are throttled, reset and fail', async () => {
    const {fb, sandbox} = home()
    const before = sandbox.clock.now().toISOString()
    for (const fault of ['late-logs:90', 'empty-pages', 'throttle:20', 'http-5xx:5', 'conn-reset:5'])
      await fb(['sandbox', 'fault', fault])
    const group = ['--group', GROUP]
    const followed = await fb(tail(...group, '--since', before, '--for', '5m', '--json'))
    const after = new Date(sandbox.clock.now().getTime() - 3 * 60_000).toISOString()
    sandbox.advance(10 * 60_000)
    const there = await fb(tail(...group, '--since', before, '--until', after, '--json'))
    expect({code: followed.code, stderr: followed.stderr}).toMatchObject({code: 0})
    const ids = idsOf(followed.stdout)
    expect(new Set(ids).size).toBe(ids.length)
    expect(idsOf(there.stdout).filter((id) => !ids.includes(id))).toEqual([])
    expect(idsOf(there.stdout).length).toBeGreaterThan(50)
  })

  it('shows every line exactly once with Live Tail, which has no ids', async () => {
    const {fb, sandbox} = home()
    const before = sandbox.clock.now().toISOString()
    for (const fault of ['late-logs:90', 'log-burst:5']) await fb(['sandbox', 'fault', fault])
    const group = ['--group', '/ecs/fastapi-bootstrap-sandbox', '--since', before, '--json']
    const followed = await fb(tail(...group, '--live', '--for', '5m'))
    expect(followed).toMatchObject({code: 0, stderr: expect.stringContaining('charged by the minute')})
    const after = new Date(sandbox.clock.now().getTime() - 3 * 60_000).toISOString()
    sandbox.advance(10 * 60_000)
    const there = await fb(tail(...group, '--until', after))
    const shown = timesOf(followed.stdout)
    for (const [line, times] of timesOf(there.stdout)) expect(shown.get(line), line).toBe(times)
    expect(idsOf(followed.stdout)).toContain(null)
  })

  it.each([
    ['livetail-limit', 'no session is free in this account'],
    ['livetail-cut', 'the session broke off'],
    ['access-denied:StartLiveTail', 'may not call logs:StartLiveTail'],
  ])('goes on without Live Tail when it meets %s', async (fault, reason) => {
    const {fb} = home()
    await fb(['sandbox', 'fault', fault])
    const {code, stdout, stderr} = await fb(tail('--live', '--for', '2m', '--json'))
    expect({code, stderr}).toEqual({code: 0, stderr: expect.stringContaining(reason)})
    expect(documents(stdout).length).toBeGreaterThan(50)
  })

  it('says an error in one line where lines are documents', async () => {
    const {fb} = home()
    const {code, stdout} = await fb(tail('--json', '--for', '20s', '--until-match', 'nobody says so'))
    expect(code).toBe(3)
    expect(documents(stdout).at(-1)).toMatchObject({error: {code: 'no_match'}})
    const usage = await fb(tail('--json', '--where', 'status>>500'))
    expect(documents(usage.stdout)).toEqual([{error: expect.objectContaining({code: 'bad_where'})}])
  })

  it('says on stderr, as a document too, what was shown, also when an error ends it', async () => {
    const {fb} = home()
    const endOf = ({stderr}: {stderr: string}) => JSON.parse(stderr.trimEnd().split('\n').at(-1)!)
    const {stdout, ...said} = await fb(tail('--json', '--cursor', 'here'))
    const events = documents(stdout).length
    expect(endOf(said)).toMatchObject({type: 'end', reason: 'end', events, throttled: 0, cursor: 'here'})
    await fb(['sandbox', 'fault', 'access-denied:FilterLogEvents'])
    expect(endOf(await fb(tail('--json', '-n', '1')))).toMatchObject({type: 'end', reason: 'error', events: 0})
  })

  it('loses no line from run to run although none follows and some come late', async () => {
    const {fb, sandbox} = home()
    await fb(['sandbox', 'fault', 'late-logs:90'])
    const since = sandbox.clock.now().toISOString()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      sandbox.advance((i < 4 ? 2 : 10) * 60_000)
      ids.push(...idsOf((await fb(tail('--since', since, '--cursor', 'here', '--json'))).stdout))
    }
    const there = idsOf((await fb(tail('--since', since, '--json'))).stdout)
    expect([...ids].sort()).toEqual([...there].sort())
  })

  it('begins with the newest lines that match', async () => {
    const {fb} = home()
    const {stdout} = await fb(tail('-n', '3', '--grep', '/health HTTP', '--json'))
    const all = documents((await fb(tail('--since', '10m', '--include', '/health HTTP', '--json'))).stdout)
    expect(idsOf(stdout)).toEqual(all.slice(-3).map(({id}) => id))
  })

  it('reads once what is named twice: a task by its id and by the first digits of it, a group by its name', async () => {
    const {fb, sandbox} = home()
    const span = ['--since', '5m', '--until', new Date(sandbox.clock.now().getTime() - 60_000).toISOString(), '--json']
    const all = documents((await fb(tail(...span))).stdout)
    const {task} = all[0]
    const twice = await fb(tail(...span, '--task', task, '--task', task.slice(0, 8)))
    expect(idsOf(twice.stdout)).toEqual(all.filter((one) => one.task === task).map(({id}) => id))
    const groups = await fb(tail(...span, '--group', GROUP, '--group', GROUP))
    expect(idsOf(groups.stdout)).toEqual(all.map(({id}) => id))
  })

  it('goes on where the run before has ended', async () => {
    const {fb, sandbox, directory} = home()
    const begin = sandbox.clock.now().toISOString()
    sandbox.advance(60_000)
    const run = (...more: string[]) => fb(tail('--since', begin, '--cursor', 'here.cursor', '--json', ...more))
    const first = await run('--for', '1m')
    sandbox.advance(60_000)
    const second = await run('--max', '5')
    const third = await run('--for', '3m')
    const ids = [first, second, third].flatMap(({stdout}) => idsOf(stdout))
    expect(idsOf(second.stdout)).toHaveLength(5)
    expect(new Set(ids).size).toBe(ids.length)
    expect(statSync(join(directory, 'here.cursor')).mode & 0o777).toBe(0o600)
    const until = new Date(sandbox.clock.now().getTime() - 2 * 60_000).toISOString()
    const there = await fb(tail('--since', begin, '--until', until, '--json'))
    expect(idsOf(there.stdout).filter((id) => !ids.includes(id))).toEqual([])
  })

  it('serves scripts: the line that is waited for, the one that must not come, and none', async () => {
    const {fb} = home()
    expect((await fb(tail('--until-match', 'health', '--for', '10m'))).code).toBe(0)
    expect((await fb(tail('--fail-on', 'health', '--for', '10m'))).code).toBe(1)
    expect((await fb(tail('--until-match', 'never', '--max', '2', '--for', '10m'))).code).toBe(3)
    expect((await fb(tail('--follow', '--for', '0s'))).code).toBe(0)
    expect(await fb(tail('--until-match', 'never', '--for', '30s'))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('No line matched --until-match /never/.'),
    })
  })

  it('says which tasks start and stop, and shows what those that stopped have said', async () => {
    const {fb} = home()
    await fb(['deploy', '--env', 'sandbox', '--tag', '1.2.0-crash', '--yes', '--wait', 'started'])
    const {stderr, stdout} = await fb(tail('--for', '10m', '-o', 'pretty'))
    expect(stderr).toMatch(/\+ \d\d:\d\d:\d\d task \w{8} \(v\d\) started/)
    expect(stderr).toMatch(/- \d\d:\d\d:\d\d task \w{8} \(v\d\) stopped: exit 3/)
    expect(stdout).toContain("ERROR RuntimeError: DATABASE_POOL_SIZE must be an integer, got 'ten'")
    const previous = await fb(tail('--previous', '--expand', '-o', 'pretty'))
    expect(previous.stdout).toContain('    raise RuntimeError(f"DATABASE_POOL_SIZE must be an integer')
  })

  it('ends at once when its reader has seen enough', async () => {
    const {env, directory} = home({speed: 60})
    const line = `"${process.execPath}" "${bin}" ${tail('--follow').join(' ')} | head -1; echo "\${PIPESTATUS[0]}"`
    const {stdout} = await start('bash', ['-c', line], {cwd: directory, env}).ended
    expect(stdout.trim().split('\n').at(-1)).toBe('0')
  })
})

describe('fb logs tail names what is wrong', () => {
  it.each([
    [['--group', '/ecs/fastapi-bootstap-sandbox'], 3, 'Did you mean /ecs/fastapi-bootstrap-sandbox'],
    [['--include', '(a'], 2, '--include: this is no regular expression: Unterminated group.'],
    [['--where', 'status>>500'], 2, '--where: a value is missing.'],
    [['--since', 'soon'], 2, '--since: "soon" is not a time.'],
    [['--since', '2099-01-01'], 2, '--since is 2099-01-01T00:00:00Z, and it is only'],
    [['--task', 'abcd', '--group', 'x'], 2, 'do not go together'],
    [['v1', '--group', 'x'], 2, 'A group is read whole'],
    [['--task', 'xyz'], 2, '"xyz" is no task id.'],
    [['--task', 'abcdef'], 3, 'No stream matched /ecs/fastapi-bootstrap-sandbox ecs-v1/fastapi-bootstrap-v1/abcdef*.'],
    [['--tz', 'Mars'], 2, 'There is no time zone "Mars".'],
    [['--previous'], 3, 'ECS remembers no stopped task of v1'],
    [['v7'], 2, 'There is no service "v7".'],
    [['--region', 'eu-west-1'], 3, 'logs to CloudWatch in us-east-1: its lines are not here, but with --group /ecs/'],
    [['--region', 'xx-new-1', '-n', '1', '--group', GROUP], 0, 'fb does not know the quota of xx-new-1'],
  ])('%j', async (args, code, text) => {
    const {fb} = home()
    const ended = await fb(tail(...args))
    expect({code: ended.code, stderr: ended.stderr}).toEqual({code, stderr: expect.stringContaining(text)})
  })

  it('a role that may not read', async () => {
    const {fb} = home()
    await fb(['sandbox', 'fault', 'access-denied:FilterLogEvents'])
    const {code, stderr} = await fb(tail('--since', '1m'))
    expect({code, stderr}).toEqual({
      code: 4,
      stderr: expect.stringContaining('Your role may not call logs:FilterLogEvents.'),
    })
  })

  it('a cursor that cannot be kept, before the first line', async () => {
    const {fb} = home()
    const {code, stdout, stderr} = await fb(tail('--cursor', 'no-folder/here', '-n', '2'))
    expect({code, stdout}).toEqual({code: 2, stdout: ''})
    expect(stderr).toContain('no-folder/here cannot be used.')
  })

  it('a cursor that is something else', async () => {
    const {fb} = home()
    const {code, stderr} = await fb(tail('--cursor', '.'))
    expect({code, stderr}).toEqual({code: 2, stderr: expect.stringContaining('--cursor: the file')})
  })

  it('reads the groups that the environment names, unless a service is typed', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const tail = (args: string[], FB_LOG_GROUP: string) =>
      fb(['logs', 'tail', ...args, '--env', 'sandbox', '-n', '1'], {FB_LOG_GROUP})
    const group = '/ecs/fastapi-bootstrap-sandbox'
    const both = await tail([], `${group} /aws/lambda/fastapi-bootstrap-sandbox-health-check`)
    expect({code: both.code, stderr: both.stderr}).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^▶ \/ecs\/fastapi-bootstrap-sandbox · \/aws\/lambda\/\S+ · the last 1 line/),
    })
    for (const typed of [['v1'], ['-sv1'], ['--service', 'v1']]) {
      const {code, stderr} = await tail(typed, '/not/there')
      expect({code, stderr}).toEqual({code: 0, stderr: expect.stringMatching(/^▶ v1 · /)})
    }
  })
})
