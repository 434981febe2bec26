import type {LogEvent} from './event.js'

type Batches = AsyncGenerator<LogEvent[], void>

/** Lines made at once. */
const PART = 250

/** Batches that are each in order of time as one that is. One is read ahead of each; an empty one says that time passes. */
export async function* byTime(streams: Batches[]): Batches {
  if (streams.length === 1) return yield* streams[0]!
  try {
    let heads = (await Promise.all(streams.map(headOf))).flat()
    while (heads.length > 0) {
      const [first, ...others] = heads.sort((a, b) => timeOf(a) - timeOf(b))
      const limit = others[0] ? timeOf(others[0]) : Number.POSITIVE_INFINITY
      const end = first!.batch.findIndex(({at}) => at > limit)
      yield end < 0 ? first!.batch : first!.batch.slice(0, end)
      const next = end < 0 ? await headOf(first!.stream) : [{...first!, batch: first!.batch.slice(end)}]
      heads = [...next, ...others]
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return()))
  }
}

type Head = {stream: Batches; batch: LogEvent[]}

/** What comes next, if anything does. */
async function headOf(stream: Batches): Promise<Head[]> {
  const {done, value} = await stream.next()
  return done ? [] : [{stream, batch: value}]
}

/** One without anything is passed on before all others: what is behind it may be older than they are. */
const timeOf = ({batch}: Head): number => batch[0]?.at ?? Number.NEGATIVE_INFINITY

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
