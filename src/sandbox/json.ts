import {randomUUID} from 'node:crypto'
import {JsonCodec2} from '@aws-sdk/core/protocols'
import {NormalizedSchema} from '@smithy/core/schema'
import {HttpResponse} from '@smithy/core/transport'
import {bytesOf, type Exchange, type Route, serde, type WireRequest} from './exchange.js'
import {faultOf} from './handlers.js'

/** The awsJson protocols: the operation is in the header x-amz-target. */
export function jsonExchange({headers: sent, body}: WireRequest, target: string, routes: Route[]): Exchange {
  const [prefix, operation = ''] = target.split('.')
  const route = routes.find((r) => r.target === prefix)
  const bytes = bytesOf(body)
  const headers = {
    'content-type': String(sent['content-type'] ?? sent['Content-Type'] ?? 'application/x-amz-json-1.1'),
    'x-amzn-requestid': randomUUID(),
  }
  return {
    service: route?.name ?? '',
    operation,
    load: () => route?.load(),
    async decode([, , , , input]) {
      const schema = NormalizedSchema.of(input)
      if (schema.isUnitSchema()) return {}
      return codec()
        .createDeserializer()
        .read(schema, (bytes.length ? bytes : Buffer.from('{}')) as never)
    },
    async encode([, , , , , output], value) {
      const schema = NormalizedSchema.of(output)
      if (!schema.isUnitSchema() && schema.getEventStreamMember()) {
        const {framed} = await import('./event-stream.js')
        const streamed = {...headers, 'content-type': 'application/vnd.amazon.eventstream'}
        return new HttpResponse({statusCode: 200, headers: streamed, body: framed(schema, value, codec())})
      }
      const serializer = codec().createSerializer()
      serializer.write(schema.isUnitSchema() ? 15 : schema, value)
      return new HttpResponse({statusCode: 200, headers, body: bytesOf(serializer.flush())})
    },
    refuse(error) {
      const {name, message, statusCode, members} = faultOf(error)
      const said: Record<string, string> = {...headers, 'x-amzn-errortype': name}
      if (route?.name === 'cloudwatch') said['x-amzn-query-error'] = queryError(name, statusCode)
      return new HttpResponse({statusCode, headers: said, body: JSON.stringify({__type: name, message, ...members})})
    },
  }
}

function codec() {
  const made = new JsonCodec2({timestampFormat: {useTrait: true, default: 7}, jsonName: false})
  made.setSerdeContext(serde as never)
  return made
}

/** A service that spoke Query once still says its errors in those words too. */
const queryError = (name: string, statusCode: number) =>
  `${queryCode(name)};${statusCode >= 500 ? 'Receiver' : 'Sender'}`

/** Query services drop the suffix of the class name (`TargetGroupNotFoundException` -> `TargetGroupNotFound`). */
export const queryCode = (name: string) =>
  name === 'ValidationException' ? 'ValidationError' : name.replace(/Exception$/, '')
