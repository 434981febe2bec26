import type {LogEvent} from './event.js'

type Batches = AsyncGenerator<LogEvent[], void>

/** Lines made at once. */
const PART = 250

/** Batches that are each in order of time as one that is. One is read ahead of each. */
export async function* byTime(streams: Batches[]): Batches {
  if (streams.length === 1) return yield* streams[0]!
  try {
    const heads = await Promise.all(streams.map(async (stream) => ({stream, batch: await filled(stream)})))
    for (;;) {
      const open = heads.filter(({batch}) => batch.length > 0).sort((a, b) => a.batch[0]!.at - b.batch[0]!.at)
      const [first, second] = open
      if (!first) return
      const limit = second?.batch[0]?.at ?? Number.POSITIVE_INFINITY
      const end = first.batch.findIndex(({at}) => at > limit)
      yield end < 0 ? first.batch : first.batch.slice(0, end)
      first.batch = end < 0 ? await filled(first.stream) : first.batch.slice(end)
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return()))
  }
}

/** The next batch with something in it; an empty one is the end. */
async function filled(stream: Batches): Promise<LogEvent[]> {
  for (;;) {
    const {done, value} = await stream.next()
    if (done || value.length > 0) return value ?? []
  }
}

/**
 * Batches of several streams as they come. One is read ahead of each other, and no more while nobody takes it. Those `aside`
 * are not waited for when the others have ended.
 */
export async function* asTheyCome(main: Batches[], aside: Batches[] = []): Batches {
  const streams = [...main, ...aside]
  if (streams.length === 1) return yield* streams[0]!
  const take = async (stream: Batches) => ({stream, result: await stream.next()})
  const next = new Map(streams.map((stream) => [stream, take(stream)]))
  try {
    while (main.some((stream) => next.has(stream))) {
      const {stream, result} = await Promise.race(next.values())
      if (result.done) next.delete(stream)
      else {
        yield result.value
        next.set(stream, take(stream))
      }
    }
  } finally {
    for (const taken of next.values()) taken.catch(() => {})
    void Promise.all(streams.map((stream) => stream.return())).catch(() => {})
  }
}

/**
 * The same in smaller batches: what is made of a few lines is shown and forgotten before the next ones come. All lines of a page
 * at once cost the garbage collector a seventh of the time.
 */
export async function* inParts(batches: Batches): Batches {
  for await (const batch of batches) {
    if (batch.length === 0) yield batch
    for (let i = 0; i < batch.length; i += PART) yield batch.slice(i, i + PART)
  }
}
