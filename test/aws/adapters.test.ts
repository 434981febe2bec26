import {Readable} from 'node:stream'
import {expect, it} from 'vitest'

import {ecr} from '../../src/aws/ecr.js'
import {ecs} from '../../src/aws/ecs.js'
import {elb} from '../../src/aws/elb.js'
import {namesOf} from '../../src/config/names.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

type Request = {hostname: string; body: string}
type Answer = {status?: number; body: string}

/** A connection to an AWS that answers like this, and all that it was asked. */
function connected(answer: (request: Request, count: number) => Answer) {
  const asked: Request[] = []
  const requestHandler = {
    async handle({hostname, body}: Request) {
      const request = {hostname, body: Buffer.from(body).toString()}
      asked.push(request)
      const {status = 200, body: text} = answer(request, asked.length)
      return {response: {statusCode: status, headers: {}, body: Readable.from([Buffer.from(text)])}}
    },
    httpHandlerConfigs: () => ({}),
    updateHttpClientConfig() {},
    destroy() {},
  }
  const credentials = {accessKeyId: 'a', secretAccessKey: 'b'}
  const {signal} = new AbortController()
  return {connection: {region: 'us-east-1', credentials, login: {}, signal, requestHandler}, asked}
}

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
