import {Readable} from 'node:stream'
import {setImmediate as turn} from 'node:timers/promises'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {CloudWatchLogsClient, FilterLogEventsCommand} from '@aws-sdk/client-cloudwatch-logs'
import {describe, expect, it} from 'vitest'

import {connect} from '../../src/aws/clients.js'
import {ecr} from '../../src/aws/ecr.js'
import {ecs} from '../../src/aws/ecs.js'
import {elb} from '../../src/aws/elb.js'
import {insights} from '../../src/aws/insights.js'
import {logStream} from '../../src/aws/log-stream.js'
import {logs} from '../../src/aws/logs.js'
import {parameterNames} from '../../src/aws/parameter-names.js'
import {namesOf} from '../../src/config/names.js'
import {nameOf} from '../../src/logs/group-id.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

type Request = {hostname: string; body: string; headers: Record<string, string>}
type Answer = {status?: number; body: string; headers?: Record<string, string>}

/** A connection to an AWS that answers like this, and all that it was asked. */
function connected(answer: (request: Request, count: number) => Answer) {
  const asked: Request[] = []
  const requestHandler = {
    async handle({hostname, body, headers: signed}: Request) {
      const request = {hostname, body: Buffer.from(body).toString(), headers: signed}
      asked.push(request)
      const {status = 200, body: text, headers = {}} = answer(request, asked.length)
      return {response: {statusCode: status, headers, body: Readable.from([Buffer.from(text)])}}
    },
    httpHandlerConfigs: () => ({}),
    updateHttpClientConfig() {},
    destroy() {},
  }
  const credentials = {accessKeyId: 'a', secretAccessKey: 'b'}
  const {signal} = new AbortController()
  return {connection: {region: 'us-east-1', credentials, login: {}, signal, requestHandler}, asked}
}

/** When a request was signed. */
const timeOf = ({headers}: Request) =>
  Date.parse(headers['x-amz-date']!.replace(/^(....)(..)(..T..)(..)(..)/, '$1-$2-$3:$4:$5'))

it('lets go of an answer that nobody has any more, although the process goes on: a tail reads a million lines', async () => {
  const {connection} = connected(() => ({body: '{"events": []}'}))
  const {look} = connect(CloudWatchLogsClient, connection)
  const answer = async () => new WeakRef((await look(new FilterLogEventsCommand({}))) as object)
  const answers = [await answer(), await answer()]
  await turn()
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  expect(answers.map((one) => one.deref())).toEqual([undefined, undefined])
})

const repository = {account: '000000000000', region: 'eu-west-1', name: 'app'}

it('looks an image up in the region that its name gives', async () => {
  const {connection, asked} = connected(() => ({body: '{"imageDetails": []}'}))
  const {findImage} = ecr(connection)
  await findImage({repository, tag: '1.1.0'})
  await findImage({repository: {...repository, region: 'us-east-1'}, tag: '1.1.0'})
  expect(asked.map(({hostname}) => hostname)).toEqual([
    expect.stringContaining('eu-west-1'),
    expect.stringContaining('us-east-1'),
  ])
})

it('asks Logs Insights for a group by its ARN where it was given so, and what scans it by its name', async () => {
  const {connection, asked} = connected(() => ({body: '{"queryId": "q"}'}))
  const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:/app'
  await insights(connection).startQuery({groups: [`${arn}:*`, '/other'], text: 'fields @message', from: 0, to: 1000})
  expect(JSON.parse(asked[0]!.body)).toMatchObject({logGroupIdentifiers: [arn, '/other']})
  expect([nameOf(`${arn}:*`), nameOf(arn), nameOf('/app')]).toEqual(['/app', '/app', '/app'])
})

it('reads the rows of a query to the last page, and waits for a query when an account has none left', async () => {
  const page = (value: string, nextToken?: string) =>
    JSON.stringify({status: 'Complete', results: [[{field: 'n', value}]], nextToken, statistics: {bytesScanned: 7}})
  const {connection} = connected((_, count) => ({body: [page('1', 'more'), page('2')][count - 1]!}))
  expect(await insights(connection).queryState('q')).toMatchObject({rows: [{n: '1'}, {n: '2'}], scanned: 7})
  const full = {status: 400, body: '{"__type": "LimitExceededException", "message": "100"}'}
  const query = {groups: ['/g'], text: 'fields @message', from: 0, to: 1500}
  const refused = insights(connected(() => full).connection).startQuery(query)
  await expect(refused).rejects.toMatchObject({code: 'queries_full'})
})

it('asks for whole seconds that have all of a range, marks each query as its own, and tells who stops it', async () => {
  const {connection, asked} = connected(() => ({body: '{"queryId": "q"}'}))
  const {startQuery, stopCommand} = insights({...connection, profile: 'ops'})
  for (const _ of [1, 2])
    await startQuery({groups: ['/g'], text: 'fields a', before: 'filter b | ', from: 1001, to: 2001})
  const [one, other] = asked.map(({body}) => JSON.parse(body))
  expect(one).toMatchObject({
    startTime: 1,
    endTime: 3,
    queryString: expect.stringMatching(/^filter b \| fields a\n# fb \S+$/),
  })
  expect(one.queryString).not.toBe(other.queryString)
  expect(stopCommand('q')).toBe(`aws logs stop-query --query-id q --region ${connection.region} --profile ops`)
})

it('takes a query that is over for one that is stopped', async () => {
  const over = {status: 400, body: '{"__type": "InvalidParameterException", "message": "not running"}'}
  await insights(connected(() => over).connection).stopQuery('q')
})

it('shows the line of a query that cannot be read', async () => {
  const location = {startCharOffset: 'filter b | fields a\n| '.length, endCharOffset: 99}
  const body = JSON.stringify({__type: 'MalformedQueryException', queryCompileError: {location, message: 'unexpected'}})
  const {startQuery} = insights(connected(() => ({status: 400, body})).connection)
  const refused = startQuery({
    groups: ['/g'],
    before: 'filter b | ',
    text: 'fields a\n| stats\n| limit 1',
    from: 0,
    to: 1,
  })
  await expect(refused).rejects.toMatchObject({because: ['unexpected', 'Position 12:', '| stats', '  ^']})
})

it('lists a thousand images in one call', async () => {
  const {connection, asked} = connected(() => ({body: '{"imageDetails": []}'}))
  await ecr(connection).newestImages(repository)
  expect(JSON.parse(asked[0]!.body)).toMatchObject({maxResults: 1000})
})

it('finds an image on whatever page it is', async () => {
  const pages = ['{"imageIds": [], "nextToken": "2"}', '{"imageIds": [{"imageDigest": "sha256:1"}]}']
  const {connection} = connected((_, count) => ({body: pages[count - 1]!}))
  expect(await ecr(connection).hasImages(repository)).toBe(true)
  expect(await ecr(connected(() => ({body: '{"imageIds": []}'})).connection).hasImages(repository)).toBe(false)
})

it('reads a revision once, and again after that has failed', async () => {
  const arn = 'arn:aws:ecs:us-east-1:000000000000:task-definition/app:3'
  const revision = {body: JSON.stringify({taskDefinition: {taskDefinitionArn: arn}})}
  const refusal = {status: 400, body: '{"__type": "ClientException", "message": "no"}'}
  const {connection, asked} = connected((_, count) => (count === 1 ? refusal : revision))
  const {taskDefinition} = ecs(connection, namesOf({app: 'app', env: 'prod', service: 'v1'}))
  await expect(taskDefinition(arn)).rejects.toThrow('no')
  const [first, second] = await Promise.all([taskDefinition(arn), taskDefinition(arn)])
  expect(second).toBe(first)
  expect(asked).toHaveLength(2)
})

it('describes all tasks of a service, a hundred at a time', async () => {
  const arns = Array.from({length: 250}, (_, i) => `arn:aws:ecs:us-east-1:0:task/c/${i}`)
  const {connection, asked} = connected(({body}) => {
    const {tasks, nextToken = '0'} = JSON.parse(body)
    if (tasks) return {body: JSON.stringify({tasks: tasks.map((taskArn: string) => ({taskArn}))})}
    const end = Number(nextToken) + 100
    const next = end < arns.length ? {nextToken: String(end)} : {}
    return {body: JSON.stringify({taskArns: arns.slice(Number(nextToken), end), ...next})}
  })
  const tasks = await ecs(connection, namesOf({app: 'app', env: 'prod', service: 'v1'})).tasks('STOPPED')
  expect(tasks.map(({id}) => id)).toEqual(arns.map((_, i) => String(i)))
  expect(asked).toHaveLength(6)
})

it('tells by which time of AWS a page of log events was answered', async () => {
  const headers = {date: 'Sun, 22 Nov 2026 14:02:11 GMT'}
  const {connection} = connected(() => ({body: '{"events": []}', headers}))
  const query = {group: 'g', from: 0}
  expect((await logs(connection).page(query)).answered).toBe(Date.UTC(2026, 10, 22, 14, 2, 11))
  expect((await logs(connection, {dates: false}).page(query)).answered).toBeUndefined()
})

it('signs a call again with the time of AWS when this machine has another one', async () => {
  const ahead = new Date(Date.now() + 6 * 60_000)
  const headers = {date: ahead.toUTCString()}
  const message = 'Signature expired: 20261122T135611Z is now earlier than 20261122T135711Z'
  const refusal = {status: 400, body: JSON.stringify({__type: 'InvalidSignatureException', message}), headers}
  const page = {body: '{"events": []}', headers}
  const {connection, asked} = connected((_, count) => (count === 1 ? refusal : page))
  expect((await logs(connection).page({group: 'g', from: 0})).events).toEqual([])
  const times = asked.map(timeOf)
  expect(times[1]! - times[0]!).toBeGreaterThan(5 * 60_000)
})

it('tells a log stream that is not there from a group that is not', async () => {
  const refused = (what: string) => {
    const body = `{"__type": "ResourceNotFoundException", "message": "The specified log ${what} does not exist."}`
    return logs(connected(() => ({status: 400, body})).connection).page({group: 'g', streams: ['s'], from: 0})
  }
  await expect(refused('group')).rejects.toThrow('There is no log group g.')
  await expect(refused('stream')).rejects.toThrow('Group g has not all of these streams.')
})

it('takes the weights of the rule that names both target groups, not of one that serves a test path', async () => {
  const tuple = (arn: string, weight: number) =>
    `<member><TargetGroupArn>${arn}</TargetGroupArn><Weight>${weight}</Weight></member>`
  const rule = (...to: string[]) =>
    `<member><Actions><member><Type>forward</Type><ForwardConfig><TargetGroups>${to.join('')}</TargetGroups></ForwardConfig></member></Actions></member>`
  const rules = [rule(tuple('other', 1)), rule(tuple('green', 1)), rule(tuple('blue', 90), tuple('green', 10))]
  const body = `<DescribeRulesResponse><DescribeRulesResult><Rules>${rules.join('')}</Rules></DescribeRulesResult></DescribeRulesResponse>`
  const {weights} = elb(connected(() => ({body})).connection)
  expect(await weights('listener', ['blue', 'green'])).toEqual({blue: 90, green: 10})
})

it('sends a registration again that was never sent, and looks for nothing', async () => {
  const arn = 'arn:aws:ecs:us-east-1:000000000000:task-definition/app:4'
  const {connection, asked} = connected((_, count) => {
    if (count === 1) throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), {code: 'ECONNREFUSED'})
    return {body: JSON.stringify({taskDefinition: {taskDefinitionArn: arn}})}
  })
  const {register} = ecs(connection, namesOf({app: 'app', env: 'prod', service: 'v1'}))
  expect(await register({family: 'app', containerDefinitions: []}, {})).toBe(arn)
  expect(asked.map(({body}) => JSON.parse(body).family)).toEqual(['app', 'app'])
})

describe('the processors of an image', () => {
  const image = (manifest: object) => ({body: JSON.stringify({images: [{imageManifest: JSON.stringify(manifest)}]})})
  const looked = async (...answers: Answer[]) => {
    const {connection, asked} = connected((_, count) => answers[count - 1]!)
    return {built: await ecr(connection).architectures({repository, digest: 'sha256:a'}), asked}
  }

  it('are those of its list, without what attests how it was built', async () => {
    const platforms = ['amd64', 'arm64', 'unknown', 'arm64'].map((architecture) => ({platform: {architecture}}))
    expect((await looked(image({manifests: platforms}))).built).toEqual(['amd64', 'arm64'])
  })

  it('are in the configuration of an image that is for one alone', async () => {
    const config = Buffer.from(JSON.stringify({architecture: 'arm64'})).toString('base64')
    const url = {body: JSON.stringify({downloadUrl: `data:application/json;base64,${config}`})}
    const {built, asked} = await looked(image({config: {digest: 'sha256:c'}}), url)
    expect({built, layer: JSON.parse(asked[1]!.body).layerDigest}).toEqual({built: ['arm64'], layer: 'sha256:c'})
  })

  it('are not known of an image that says nothing, and there are none of one that does not exist', async () => {
    expect((await looked(image({}))).built).toEqual([])
    expect((await looked({body: '{"images": [], "failures": [{}]}'})).built).toBeUndefined()
  })
})

it('asks for as many parameters at once as SSM takes, and never for what is sealed', async () => {
  const {connection, asked} = connected((_, count) => ({body: JSON.stringify({InvalidParameters: [`/gone/${count}`]})}))
  const names = Array.from({length: 23}, (_, i) => `/app/${i}`)
  expect((await parameterNames(connection).missingParameters(names)).sort()).toEqual(['/gone/1', '/gone/2', '/gone/3'])
  const inputs = asked.map(({body}) => JSON.parse(body))
  expect(inputs.map(({Names}) => Names.length)).toEqual([10, 10, 3])
  expect(inputs.every(({WithDecryption}) => WithDecryption === false)).toBe(true)
})

describe('a log stream', () => {
  const page = (nextForwardToken: string, ...messages: string[]) => ({
    body: JSON.stringify({nextForwardToken, events: messages.map((message) => ({message: `${message}\n`}))}),
  })
  const refusal = (type: string) => ({status: 400, body: JSON.stringify({__type: type, message: 'no'})})

  it('is read to its end, over empty pages, and goes on where it ended', async () => {
    const answers = [page('1', 'a'), page('2'), page('3', 'b', 'b'), page('3'), page('4', 'c'), page('4')]
    const {connection, asked} = connected((_, count) => answers[count - 1]!)
    const read = logStream(connection, 'group', 'stream')
    expect([...(await read())]).toEqual(['a', 'b', 'b'])
    expect([...(await read())]).toEqual(['a', 'b', 'b', 'c'])
    expect(asked.map(({body}) => JSON.parse(body).nextToken)).toEqual([undefined, '1', '2', '3', '3', '4'])
  })

  it('has no lines before it exists, and none twice or lost after a page that failed', async () => {
    const answers = [
      refusal('ResourceNotFoundException'),
      page('1', 'a'),
      refusal('AccessDeniedException'),
      page('2', 'b'),
    ]
    const {connection} = connected((_, count) => answers[count - 1] ?? page('2'))
    const read = logStream(connection, 'group', 'stream')
    expect(await read()).toEqual([])
    await expect(read()).rejects.toThrow('no')
    expect(await read()).toEqual(['a', 'b'])
  })
})
