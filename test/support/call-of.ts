import type {IncomingHttpHeaders} from 'node:http'

export type Call = {
  /** `ecs:DescribeServices`. */
  action: string
  /** S3, STS and ELB speak XML; the others JSON. */
  xml: boolean
  /** Of S3, what it is about: bucket and key. */
  path: string
}

type Request = {method: string; url: string; headers: IncomingHttpHeaders}

/** What a request asks of AWS. */
export function callOf(request: Request, body: Buffer): Call {
  const {headers} = request
  const [path = '', query = ''] = request.url.split('?')
  const service = serviceOf(headers)
  if (service === 's3') return {action: `s3:${s3Operation(request.method, path, query)}`, xml: true, path}
  const target = String(headers['x-amz-target'] ?? '')
  const operation = target ? target.split('.')[1] : new URLSearchParams(body.toString()).get('Action')
  return {action: `${service === 'monitoring' ? 'cloudwatch' : service}:${operation}`, xml: !target, path}
}

/** It is in the signature (`Credential=KEY/DATE/REGION/ecs/aws4_request`), by the name that IAM policies use too. */
const serviceOf = ({authorization = ''}: IncomingHttpHeaders): string =>
  /Credential=[^/]+\/\d+\/[\w-]+\/([\w-]+)\//.exec(authorization)?.[1] ?? 'unknown'

const OBJECT: Record<string, string> = {GET: 'GetObject', PUT: 'PutObject', DELETE: 'DeleteObject', HEAD: 'HeadObject'}

/** S3 names no operation: it is a method and a path. */
function s3Operation(method: string, path: string, query: string): string {
  if (/^\/[^/]+\/./.test(path)) return OBJECT[method] ?? method
  if (new URLSearchParams(query).has('versions')) return 'ListObjectVersions'
  return method === 'GET' ? 'ListObjectsV2' : method
}
