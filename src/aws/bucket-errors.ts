import {AccessError, explain, NotFound, UsageError} from '../errors.js'

type Raw = Error & {Region?: string; Endpoint?: string; $response?: {headers?: Record<string, string>}}

/** What S3 says about the state's bucket as a whole, in words that say what a person can do about it. */
export const toldOfBucket =
  (bucket: string, region: string) =>
  (error: Raw): Error => {
    if (error.name === 'NoSuchBucket') return noBucket(error, bucket, OWN)
    const own = regionIn(error)
    if (own && own !== region) return otherRegion(error, {bucket, region, own})
    return isClosed(error) ? notOurs(error, bucket) : error
  }

/** The same about a bucket of which fb.yml says nothing. */
export const toldOfOther =
  (bucket: string) =>
  (error: Raw): Error => {
    if (error.name === 'NoSuchBucket') return noBucket(error, bucket, ['aws s3 ls'])
    return isClosed(error) ? notOurs(error, bucket) : error
  }

/** With the action in it AWS has said what is missing. */
const isClosed = ({name, message}: Raw) => name === 'AccessDenied' && !/perform: /.test(message)

/** S3 answers for a bucket in another region with a redirect, or says that it is signed for the wrong one. */
export function regionIn({name, message, Region, Endpoint = '', $response}: Raw): string | undefined {
  if (!['PermanentRedirect', 'AuthorizationHeaderMalformed', '301'].includes(name)) return undefined
  const said = /expecting '([\w-]+)'/.exec(message)?.[1] ?? /\.s3[.-]([a-z]+-[\w-]+-\d)\./.exec(Endpoint)?.[1]
  return Region ?? $response?.headers?.['x-amz-bucket-region'] ?? said
}

const OWN = ['fb state bootstrap', 'set state.bucket in fb.yml if it has another name']

const noBucket = (error: Raw, bucket: string, next: string[]) =>
  new NotFound(`There is no S3 bucket ${bucket}.`, {
    code: 'no_bucket',
    because: explain(error).because,
    next,
    cause: error,
  })

const otherRegion = (error: Raw, {bucket, region, own}: {bucket: string; region: string; own: string}) =>
  new UsageError(`Bucket ${bucket} is in ${own}; fb looked in ${region}.`, {
    code: 'other_region',
    because: explain(error).because,
    next: [`set state.region to ${own} in fb.yml`],
    cause: error,
  })

const notOurs = (error: Raw, bucket: string) =>
  new AccessError(`S3 does not let you into bucket ${bucket}.`, {
    code: 'access_denied',
    because: [
      ...explain(error).because,
      'The bucket belongs to another account, or your role lacks s3:GetObject or s3:ListBucket on it.',
    ],
    next: ['aws sts get-caller-identity'],
    cause: error,
  })
