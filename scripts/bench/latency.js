// A way to another port that takes its time, as the way to AWS does: node latency.js PORT MS; prints its own port.
import {connect, createServer} from 'node:net'

const [port, ms] = process.argv.slice(2).map(Number)

const late = (from, to) => {
  from.on('data', (bytes) => setTimeout(() => to.write(bytes), ms / 2))
  from.on('end', () => setTimeout(() => to.end(), ms / 2))
  from.on('error', () => to.destroy())
}

const server = createServer((client) => {
  const moto = connect(port, '127.0.0.1')
  late(client, moto)
  late(moto, client)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
