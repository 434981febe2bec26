// Plays CloudWatch Logs, which has COUNT events, of the last quarter of an hour: log-server COUNT; prints its own port.
import {createServer} from 'node:http'
import {text} from 'node:stream/consumers'

import {eventAt, PAGE} from './log-events.js'

const count = Number(process.argv[2])
const start = Date.now() - 15 * 60_000

function page(first: number) {
  const length = Math.max(0, Math.min(PAGE, count - first))
  const events = Array.from({length}, (_, i) => {
    const {id, at, ingestedAt, stream, message} = eventAt(first + i, start)
    return {eventId: id, timestamp: at, ingestionTime: ingestedAt, logStreamName: stream, message}
  })
  return {events, ...(first + length < count && {nextToken: String(first + length)})}
}

const server = createServer(async (request, response) => {
  const {nextToken} = JSON.parse(await text(request))
  response.setHeader('content-type', 'application/x-amz-json-1.1')
  response.end(JSON.stringify(page(Number(nextToken ?? 0))))
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as {port: number}).port))
