import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'

import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {home} from '../support/fb.js'

const search = (...args: string[]) => ['logs', 'search', '--env', 'sandbox', ...args]
/** Whatever the clock does meanwhile: a sandbox that stands still is moved by who waits. */
const within = ({clock}: Sandbox, from: number, to: number) => {
  const text = (minutes: number) => new Date(clock.now().getTime() - minutes * 60_000).toISOString()
  return ['--since', text(from), '--until', text(to)]
}
const group = '/ecs/fastapi-bootstrap-sandbox'

describe.concurrent('fb logs search', () => {
  it('prints the lines that have a text, as they are, in the order of their times', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const {code, stdout, stderr} = await fb(search('order placed', '--since', '3h'))
    expect(code, stderr).toBe(0)
    const times = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).timestamp)
    expect(times.length).toBeGreaterThan(50)
    expect(times).toEqual([...times].sort())
    expect(
      stdout
        .split('\n')
        .slice(0, -1)
        .every((line) => line.includes('order placed')),
    ).toBe(true)
    expect(stderr).toMatch(/^▶ v1 \(\/ecs\/fastapi-bootstrap-sandbox\) · from \S+( \S+)?\n■ [\d,]+ lines in \d+s\n$/)
  })

  it('finds the same by way of Logs Insights, and says the cost first', async ({onTestFinished}) => {
    const {fb, sandbox} = home({onFinished: onTestFinished})
    const until = [...within(sandbox, 40, 1), '--json']
    const [own, insights] = await Promise.all([
      fb(search('order placed', ...until)),
      fb(search('order placed', ...until, '--engine', 'insights')),
    ])
    const raw = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).raw)
    // Of what has one date, each engine has an order of its own.
    expect(raw(insights.stdout).sort()).toEqual(raw(own.stdout).sort())
    expect(insights.stderr).toMatch(/· Logs Insights, scans about [\d.]+ kB for less than 0\.01 USD\n/)
    expect(JSON.parse(insights.stderr.trimEnd().split('\n').at(-1)!)).toMatchObject({
      type: 'end',
      scanned: expect.any(Number),
    })
  })

  it('counts, also by something, and both engines count alike', async ({onTestFinished}) => {
    const {fb, sandbox} = home({onFinished: onTestFinished})
    const span = within(sandbox, 30, 2)
    const asked = search('GET', ...span, '--by', 'task', '--json')
    const [own, insights] = await Promise.all([fb(asked), fb([...asked, '--engine', 'insights'])])
    const counted = JSON.parse(own.stdout)
    expect(counted.rows).toHaveLength(2)
    expect(counted.count).toBe(counted.rows[0].count + counted.rows[1].count)
    expect(JSON.parse(insights.stdout)).toMatchObject({count: counted.count, rows: counted.rows})
    expect(insights.stderr).toMatch(/\n■ [\d.]+ kB scanned for less than 0\.01 USD( in \d+s)?\n$/)
    // As a script compares it.
    const plain = await fb(search('GET', ...span, '--count'))
    expect(plain.stdout).toBe(`${counted.count}\n`)
  })

  it('draws bars by level', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const {stdout} = await fb(search('--by', 'level'))
    expect(stdout).toMatch(/^LEVEL +LINES\ninfo +\d+ {2}█{60}\nwarn +\d+ {2}█?.\n[\d,]+ lines\n$/)
  })

  it('shows a request by its id in every service that has lines of it', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const {stdout} = await fb(search('slow query', '--limit', '1', '--since', '6h'))
    const {request_id: id} = JSON.parse(stdout)
    const trace = await fb(search('--trace', id, '--since', '6h'))
    const events = trace.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.map(({request_id}) => request_id)).toEqual([id, id])
    expect(events.map(({event}) => event)).toContain('slow query')
  })

  it('ends with 3 when nothing matches, and says where it has looked', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const {code, stderr} = await fb(search('nothing says this'))
    expect(code).toBe(3)
    expect(stderr).toMatch(/✖ Nothing matches "nothing says this"\.\n {2}Looked in v1 \(\S+\), from /)
    expect(stderr).toContain('--since 24h')
    const counted = await fb(search('nothing says this', '--count'))
    expect({code: counted.code, stdout: counted.stdout}).toEqual({code: 3, stdout: '0\n'})
    const json = await fb(search('nothing says this', '--json'))
    expect(JSON.parse(json.stdout)).toMatchObject({error: {code: 'no_match'}})
  })

  it('takes as many lines as are wanted, the first or the last, and says that there are more', async ({
    onTestFinished,
  }) => {
    const {fb, sandbox} = home({onFinished: onTestFinished})
    const asked = search('GET', ...within(sandbox, 30, 1))
    const all = (await fb(asked)).stdout.trimEnd().split('\n')
    const [first, last] = await Promise.all([fb([...asked, '--limit', '3']), fb([...asked, '--limit', '3', '--last'])])
    expect(first.stdout.trimEnd().split('\n')).toEqual(all.slice(0, 3))
    expect(last.stdout.trimEnd().split('\n')).toEqual(all.slice(-3))
    expect(first.stderr).toContain('there are more: --limit 30, or --last for the newest')
  })

  it('asks before it costs too much, and without a terminal names the flag', async ({onTestFinished}) => {
    const {fb, sandbox} = home({onFinished: onTestFinished})
    const asked = search('GET', '--engine', 'insights', '--max-cost', '0')
    const {code, stderr} = await fb(asked)
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /✖ The query scans about [\d.]+ MB for less than 0\.01 USD\.\n {2}That is more than --max-cost 0/,
    )
    expect(stderr).toMatch(/No query was started\.\n {2}Next .*--max-cost 1\n.*--yes/)
    expect(JSON.parse(readFileSync(sandbox.file, 'utf8')).queries).toBeUndefined()
    expect((await fb([...asked, '--yes', '--count'])).code).toBe(0)
  })

  it('hands a query of its own to Insights', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const query = 'filter ispresent(path) | stats count(*) as n by path | sort n desc | limit 2'
    const {stdout} = await fb(search('--raw-query', query))
    expect(stdout).toMatch(/^path +n\n\/api\/v1\/\w+ +\d+\n\/api\/v1\/\w+ +\d+\n$/)
    const json = JSON.parse((await fb(search('--raw-query', query, '--json'))).stdout)
    expect(json).toHaveLength(2)
    const none = await fb(search('--raw-query', 'fields @message | filter @message like "nobody says this"'))
    expect(none).toMatchObject({code: 3, stdout: '', stderr: expect.stringMatching(/■ 0 rows.* scanned for/)})
    const wrong = await fb(search('--raw-query', 'stats cont(*)'))
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toMatch(/Position 7:\n {2}stats cont\(\*\)\n {8}\^\n/)
  })

  it('asks a query only about the lines that are looked through: those of a service, a task, or a whole group', async ({
    onTestFinished,
  }) => {
    const {fb, sandbox} = home({onFinished: onTestFinished})
    const byTask = await fb(search('GET', '--by', 'task', '--json'))
    const task = JSON.parse(byTask.stdout).rows[0].key.slice(0, 8)
    await fb(search('--raw-query', 'stats count(*) as n', '--task', task))
    await fb(search('--raw-query', 'stats count(*) as n', '--group', group))
    const {queries} = JSON.parse(readFileSync(sandbox.file, 'utf8'))
    expect(queries.map(({query}: {query: string}) => query.split('\n').slice(0, -1).join('\n'))).toEqual([
      `filter ((@logStream like /^ecs-v1\\/fastapi-bootstrap-v1\\/${task}/)) | \nstats count(*) as n`,
      'stats count(*) as n',
    ])
  })

  it('hands a group to Insights that nothing else can read, and says so of what needs fb itself', async ({
    onTestFinished,
  }) => {
    const {fb} = home({onFinished: onTestFinished})
    const asked = search('x', '--group', '/aws/vpc/fastapi-bootstrap-sandbox')
    const [auto, filter, byPath] = await Promise.all([
      fb(asked),
      fb([...asked, '--engine', 'filter']),
      fb([...asked, '--by', 'path']),
    ])
    expect({code: auto.code, stderr: auto.stderr}).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Logs Insights, scans about'),
    })
    const refused = 'Only Logs Insights can read /aws/vpc/fastapi-bootstrap-sandbox: its class is Infrequent Access.'
    expect({code: filter.code, stderr: filter.stderr}).toEqual({code: 2, stderr: expect.stringContaining(refused)})
    expect({code: byPath.code, stderr: byPath.stderr}).toEqual({
      code: 2,
      stderr: expect.stringContaining('Logs Insights cannot do --by path'),
    })
    const tail = await fb(['logs', 'tail', '--env', 'sandbox', '--group', '/aws/vpc/fastapi-bootstrap-sandbox'])
    expect({code: tail.code, stderr: tail.stderr}).toEqual({
      code: 1,
      stderr: expect.stringContaining('can only be searched by Logs Insights'),
    })
  })

  it('is about what is typed, whatever the environment says that does not go with it', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const counted = await fb(search('GET', '--count'), {FB_OUTPUT: 'short'})
    expect({code: counted.code, stdout: counted.stdout}).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\n$/),
    })
  })

  it.each([
    [[], 'What do you look for?'],
    [['x', '--since', 'soon'], '--since: "soon" is not a time.'],
    [['x', '--since', '2099-01-01'], '--since is 2099-01-01T00:00:00Z'],
    [['x', '--since', '1h', '--until', '2h'], '--until'],
    [['x', '--by', 'path', '--engine', 'insights'], 'Logs Insights cannot do it'],
    [['x', '--raw-query', 'fields a'], '--raw-query is the whole query'],
    [['x', '--max-cost', 'much'], 'no amount of USD'],
    [['--where', 'status>>1'], 'Position'],
    [['x', '--include', '('], 'no regular expression'],
    [['x', '--task', '0f3c', '--group', group], '--task'],
    [['x', '--limit', '0'], '--limit'],
    [['x', '--limit', '5', '--count'], '--count and --limit do not go together'],
    [['x', '--output', 'short', '--by', 'path'], '--by and --output do not go together'],
    [[''], 'QUERY is empty'],
  ])('says what is wrong with %j', async (args, message) => {
    const {fb} = home()
    const {code, stderr} = await fb(search(...args))
    expect({code, stderr}).toEqual({code: 2, stderr: expect.stringContaining(message)})
  })

  it('names the nearest group of one that is not there', async ({onTestFinished}) => {
    const {fb} = home({onFinished: onTestFinished})
    const {code, stderr} = await fb(search('x', '--group', `${group}x`))
    expect({code, stderr}).toEqual({code: 3, stderr: expect.stringContaining(`Did you mean ${group}`)})
    const insights = await fb(search('x', '--group', `${group}x`, '--engine', 'insights'))
    expect({code: insights.code, stderr: insights.stderr}).toEqual({
      code: 3,
      stderr: expect.stringContaining(`Did you mean ${group}`),
    })
  })
})
