import type {LogEvent} from '../../src/logs/event.js'

/** A page of CloudWatch has 1 MB. */
export const PAGE = 2500
export const PER_SECOND = 2000

/** Half access lines of uvicorn, half JSON of structlog, as this application writes them; of 8 tasks, from `start` on. */
export function eventAt(i: number, start: number): LogEvent {
  const at = start + Math.floor((i * 1000) / PER_SECOND)
  const n = (i * 7919) % 100_000
  const message =
    i % 2 === 0
      ? `INFO:     10.0.${n % 4}.9:${40_000 + (n % 20_000)} - "GET /api/v1/items/${n} HTTP/1.1" ${n % 50 === 0 ? '500 Internal Server Error' : '200 OK'}`
      : `{"request_id":"${n.toString(16).padStart(8, '0')}","method":"GET","path":"/api/v1/items/${n}","status":200,"duration_ms":${n % 90},"version":"1.0.0","event":"item shown","level":"info","logger":"app.items","timestamp":"2026-11-22T14:02:11.482Z","user":{"id":${n}}}`
  const stream = `ecs-v1/fastapi-bootstrap-v1/0f3c6f0b9a1d4c2e8f7a6b5c4d3e2f1${i % 8}`
  const id = `39${String(i).padStart(54, '0')}`
  return {id, at, ingestedAt: at + 400, group: '/ecs/fastapi-bootstrap-dev', stream, message}
}
