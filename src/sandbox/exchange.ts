import type {HttpResponse} from '@smithy/core/transport'
import type {SerdeFunctions, StaticOperationSchema} from '@smithy/types'
import type {Service} from './handlers.js'

export type WireRequest = {
  method: string
  path: string
  headers: Record<string, string | string[] | undefined>
  body?: unknown
  /** The SDK's requests have them apart, those of a server in the path and in a header. */
  query?: Record<string, string | string[] | null>
  hostname?: string
}

/** One request in the service's own protocol, and how that protocol answers it. */
export type Exchange = {
  service: string
  operation: string
  load(): Promise<Service> | undefined
  decode(schema: StaticOperationSchema): Promise<Record<string, unknown>> | Record<string, unknown>
  encode(schema: StaticOperationSchema, output: object): Promise<HttpResponse> | HttpResponse
  refuse(error: Error): HttpResponse
}

export type Route = {
  name: string
  target: string
  version?: string
  namespace?: string
  load(): Promise<Service>
}

export const serde = {
  utf8Encoder: (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8'),
  utf8Decoder: (text: string) => Buffer.from(text, 'utf8'),
  base64Encoder: (bytes: Uint8Array | string) => Buffer.from(bytes as Uint8Array).toString('base64'),
  base64Decoder: (text: string) => Buffer.from(text, 'base64'),
} as unknown as SerdeFunctions

/** The SDK's JSON bodies are a Uint8Array with string methods: only a plain view of the same memory is safe to read. */
export function bytesOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return Buffer.from(body)
  return body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : new Uint8Array()
}
