import {Readable} from 'node:stream'
import {expect, it} from 'vitest'

import type {Connection} from '../../src/aws/clients.js'
import {otherBucket} from '../../src/aws/other-bucket.js'
import {s3} from '../../src/aws/s3.js'
import {aws, type Site} from '../../src/site.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

type Answer = {statusCode: number; xml: string; headers?: Record<string, string>}

/** A bucket of an S3 that answers like this. */
function answering(answerTo: (request: {hostname: string; method: string}) => Answer): Connection {
  const requestHandler = {
    async handle(request: {hostname: string; method: string}) {
      const {statusCode, xml, headers = {}} = answerTo(request)
      const length = {'content-length': String(Buffer.byteLength(xml))}
      return {response: {statusCode, headers: {...length, ...headers}, body: Readable.from([Buffer.from(xml)])}}
    },
    httpHandlerConfigs: () => ({}),
    updateHttpClientConfig() {},
    destroy() {},
  }
  const credentials = {accessKeyId: 'a', secretAccessKey: 'b'}
  return {region: 'us-east-1', credentials, login: {}, signal: new AbortController().signal, requestHandler}
}

/** What reading an object fails with when S3 answers like this. */
async function failure(statusCode: number, xml: string, headers: Record<string, string> = {}) {
  const {objects} = s3(
    answering(() => ({statusCode, xml, headers})),
    'app-terraform-state',
  )
  return objects.get('app/dev/terraform.tfstate').then(
    () => expect.fail('it was read'),
    (error) => error,
  )
}

const answer = (code: string, message: string, more = '') =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>R1</RequestId></Error>`

it('says how to make a bucket that is not there', async () => {
  expect(await failure(404, answer('NoSuchBucket', 'The specified bucket does not exist'))).toMatchObject({
    exitCode: 3,
    code: 'no_bucket',
    message: 'There is no S3 bucket app-terraform-state.',
    next: ['fb state bootstrap', 'set state.bucket in fb.yml if it has another name'],
  })
})

const elsewhere = {
  exitCode: 2,
  code: 'other_region',
  message: 'Bucket app-terraform-state is in eu-west-1; fb looked in us-east-1.',
  next: ['set state.region to eu-west-1 in fb.yml'],
}

it.each([
  ['a redirect', 301, answer('PermanentRedirect', 'must be addressed otherwise'), {'x-amz-bucket-region': 'eu-west-1'}],
  [
    'a redirect to an end point',
    301,
    answer('PermanentRedirect', 'x', '<Endpoint>app-terraform-state.s3.eu-west-1.amazonaws.com</Endpoint>'),
    {},
  ],
  [
    'a signature for the wrong region',
    400,
    answer(
      'AuthorizationHeaderMalformed',
      "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
      '<Region>eu-west-1</Region>',
    ),
    {},
  ],
])('names the region of a bucket that is in another one: %s', async (_, status, xml, headers) => {
  expect(await failure(status, xml, headers as Record<string, string>)).toMatchObject(elsewhere)
})

it('takes a state that was deleted meanwhile for one that has changed', async () => {
  const gone = answering(() => ({statusCode: 404, xml: answer('NoSuchKey', 'The specified key does not exist.')}))
  const {replace} = s3(gone, 'app-terraform-state')
  expect(await replace('app/dev/terraform.tfstate', Buffer.from('{}'), '"etag"')).toBe(false)
})

const OTHER = 'somebodys-backups'

it.each([
  [
    'a redirect',
    {statusCode: 301, xml: answer('PermanentRedirect', 'x'), headers: {'x-amz-bucket-region': 'eu-west-1'}},
  ],
  [
    'a signature for the wrong region',
    {
      statusCode: 400,
      xml: answer('AuthorizationHeaderMalformed', "the region 'us-east-1' is wrong; expecting 'eu-west-1'"),
    },
  ],
])('follows another bucket into its region: %s', async (_, refusal) => {
  const hosts: string[] = []
  const connection = answering(({hostname, method}) => {
    hosts.push(`${method} ${hostname}`)
    return hostname.includes('eu-west-1') ? {statusCode: 200, xml: 'the state'} : refusal
  })
  const objects = otherBucket(connection, OTHER)
  await objects.add('dev.tfstate', Buffer.from('the state'))
  expect(String((await objects.get('dev.tfstate'))?.bytes)).toBe('the state')
  const there = `${OTHER}.s3.eu-west-1.amazonaws.com`
  expect(hosts).toEqual([`PUT ${OTHER}.s3.us-east-1.amazonaws.com`, `PUT ${there}`, `GET ${there}`])
  const two = otherBucket(connection, OTHER)
  expect(await Promise.all([two.get('a'), two.get('b')])).toMatchObject([{bytes: expect.anything()}, {}])
})

it('knows the region of the bucket of the state from fb.yml, also by its name', async () => {
  const hosts: string[] = []
  const connection = answering(({hostname}) => {
    hosts.push(hostname)
    return {statusCode: 200, xml: 'the state'}
  })
  const state = {bucket: 'app-terraform-state', region: 'eu-central-1'}
  const site = {connection, environment: {region: 'us-east-1'}, state, adapters: new Map()}
  const {bucket} = await aws(site as unknown as Site, 'buckets')
  await bucket('app-terraform-state').get('elsewhere/dev.tfstate')
  await bucket(OTHER).get('dev.tfstate')
  expect(hosts).toEqual(['app-terraform-state.s3.eu-central-1.amazonaws.com', `${OTHER}.s3.us-east-1.amazonaws.com`])
})

it('does not advise to change the settings of the state for another bucket', async () => {
  const read = (statusCode: number, code: string) =>
    otherBucket(
      answering(() => ({statusCode, xml: answer(code, 'no')})),
      OTHER,
    )
      .get('dev.tfstate')
      .catch((error) => error)
  const none = await read(404, 'NoSuchBucket')
  expect(none).toMatchObject({exitCode: 3, code: 'no_bucket', message: `There is no S3 bucket ${OTHER}.`})
  expect(none.next.join()).not.toMatch(/fb\.yml|bootstrap/)
  expect(await read(403, 'AccessDenied')).toMatchObject({code: 'access_denied', exitCode: 4})
  expect(await read(404, 'NoSuchKey')).toBeUndefined()
})

it('says what can be behind a refusal, with what S3 said', async () => {
  const refusal = await failure(403, answer('AccessDenied', 'Access Denied'))
  expect(refusal).toMatchObject({
    exitCode: 4,
    code: 'access_denied',
    message: 'S3 does not let you into bucket app-terraform-state.',
  })
  expect(refusal.because.join('\n')).toMatch(/AccessDenied: Access Denied\ns3:GetObject · HTTP 403/)
  expect(refusal.because.join('\n')).toContain('belongs to another account, or your role lacks s3:GetObject')
})

it('leaves alone what AWS has said better', async () => {
  const said = 'User: arn:aws:iam::1:user/x is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::x'
  expect((await failure(403, answer('AccessDenied', said))).message).toBe(said)
})
