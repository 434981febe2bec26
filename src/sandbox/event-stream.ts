import {Readable} from 'node:stream'
import type {JsonCodec2} from '@aws-sdk/core/protocols'
import {EventStreamCodec} from '@smithy/core/event-streams'
import type {NormalizedSchema} from '@smithy/core/schema'
import {bytesOf} from './exchange.js'

type Part = Record<string, unknown>

const frames = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
)

/** An answer in parts, as frames (application/vnd.amazon.eventstream). An error on the way is the last part. */
export function framed(schema: NormalizedSchema, output: object, codec: JsonCodec2): Readable {
  const member = schema.getEventStreamMember()
  const union = schema.getMemberSchema(member)
  const parts = (output as Record<string, AsyncIterable<Part>>)[member]![Symbol.asyncIterator]()
  const frame = (type: string, body: Uint8Array) =>
    message({':message-type': 'event', ':event-type': type, ':content-type': 'application/x-amz-json-1.1'}, body)
  const written = (name: string, part: unknown) => {
    const serializer = codec.createSerializer()
    serializer.write(union.getMemberSchema(name), part)
    return bytesOf(serializer.flush())
  }
  let ended = false
  const next = async () => {
    try {
      const {done, value} = await parts.next()
      if (done) return null
      const [name, part] = Object.entries(value)[0]!
      return frame(name, written(name, part))
    } catch (error) {
      ended = true
      return exception(error as Error)
    }
  }
  const stream = new Readable({
    read: () => void (ended ? stream.push(null) : next().then((bytes) => stream.push(bytes))),
    // Whoever stops reading ends the parts, which may be waiting for the next one.
    destroy(error, done) {
      void parts.return?.()
      done(error)
    },
  })
  stream.push(frame('initial-response', Buffer.from('{}')))
  return stream
}

const exception = ({name, message: text}: Error) =>
  message(
    {':message-type': 'exception', ':exception-type': name, ':content-type': 'application/x-amz-json-1.1'},
    Buffer.from(JSON.stringify({message: text})),
  )

const message = (headers: Record<string, string>, body: Uint8Array) =>
  frames.encode({
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, {type: 'string', value}])),
    body,
  })
