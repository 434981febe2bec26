import {wireError} from './handlers.js'

export type Body = {bytes: Buffer; trailers: Record<string, string>}

const incomplete = () =>
  wireError('IncompleteBody', 'The request body terminated unexpectedly: you did not provide all of its chunks')

/** `aws-chunked`: sizes in hexadecimal, a signature after each perhaps, and checksums that were not known before the end. */
export function unchunk(sent: Buffer): Body {
  const parts: Buffer[] = []
  let at = 0
  const line = () => {
    const end = sent.indexOf('\r\n', at)
    if (end < 0) throw incomplete()
    const text = sent.toString('latin1', at, end)
    at = end + 2
    return text
  }
  for (;;) {
    const size = Number.parseInt(line(), 16)
    if (Number.isNaN(size) || at + size > sent.length) throw incomplete()
    if (size === 0) break
    parts.push(sent.subarray(at, at + size))
    at += size + 2
  }
  const trailers: Record<string, string> = {}
  while (at < sent.length) {
    const [name = '', ...value] = line().split(':')
    if (name) trailers[name.toLowerCase()] = value.join(':').trim()
  }
  return {bytes: Buffer.concat(parts), trailers}
}

/** Bytes, text, or the stream that a program in the same process handed over. */
export async function collect(body: unknown): Promise<Buffer> {
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const chunks: Uint8Array[] = []
  if (body && typeof body === 'object' && Symbol.asyncIterator in body)
    for await (const chunk of body as AsyncIterable<Uint8Array | string>) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks)
}
