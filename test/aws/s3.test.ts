import {Readable} from 'node:stream'
import {expect, it} from 'vitest'

import {s3} from '../../src/aws/s3.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

/** What reading an object fails with when S3 answers like this. */
async function failure(statusCode: number, xml: string, headers: Record<string, string> = {}) {
  const requestHandler = {
    handle: async () => ({response: {statusCode, headers, body: Readable.from([Buffer.from(xml)])}}),
    httpHandlerConfigs: () => ({}),
    updateHttpClientConfig() {},
    destroy() {},
  }
  const credentials = {accessKeyId: 'a', secretAccessKey: 'b'}
  const {signal} = new AbortController()
  const {objects} = s3({region: 'us-east-1', credentials, login: {}, signal, requestHandler}, 'app-terraform-state')
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
