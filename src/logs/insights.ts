import {explain, FbError, isThrottled, PartlyDone} from '../errors.js'
import {outlast, type Patience, persist} from './retry.js'
import type {Span} from './slices.js'

/** A row of a result: values by the names that the query gives them. */
export type Row = Record<string, string>

export type QueryState = {
  status: 'Scheduled' | 'Running' | 'Complete' | 'Failed' | 'Cancelled' | 'Timeout' | 'Unknown'
  /** Of a query that runs, some of them. */
  rows: Row[]
  /** Bytes looked at so far: what is paid for. */
  scanned: number
  matched: number
}

/** All that a query has sent, and the bytes it has looked at. */
export type Answer = {rows: Row[]; scanned: number}

/**
 * Times in ms; Insights counts in whole seconds, so a range may begin and end a moment earlier and later. What somebody typed
 * is in `text`, and what fb puts before it in `before`.
 */
export type InsightsQuery = Span & {groups: string[]; text: string; before?: string}

export type Insights = {
  /** `queries_full` is the error when an account runs as many at once as it may (100). */
  startQuery(query: InsightsQuery): Promise<string>
  queryState(id: string): Promise<QueryState>
  /** Works after Ctrl-C too. */
  stopQuery(id: string): Promise<void>
  /** What a person types to stop it, and to find it. */
  stopCommand(id: string): string
  listCommand(): string
}

export type QueryMeans = {
  patience: Patience
  /** Told how things stand should fb end here; without a state, as before. */
  stands(state?: string, next?: string[]): void
}

const POLL = 1000

const passes = (error: unknown) => isThrottled(error) || explain(error).code === 'queries_full'

/** Runs a query and yields how far it is; whatever ends this before the query is over ends the query as well. */
export async function* runQuery(
  api: Insights,
  query: InsightsQuery,
  means: QueryMeans,
): AsyncGenerator<QueryState, QueryState> {
  const {patience, stands} = means
  const id = await started(api, query, means)
  stands(`Query ${id} goes on in AWS, and what it scans is paid for.`, [api.stopCommand(id)])
  let over = false
  try {
    for (;;) {
      const state = await persist(() => api.queryState(id), patience)
      over = OVER.has(state.status)
      yield state
      if (over) return completed(state, id)
      await patience.clock.sleep(POLL, patience.signal)
    }
  } finally {
    if (over) stands()
    else await stop(api, id, means)
  }
}

const OVER = new Set<QueryState['status']>(['Complete', 'Failed', 'Cancelled', 'Timeout'])

/** One that was begun is waited for also after Ctrl-C: without its id it cannot be stopped. */
function started(api: Insights, query: InsightsQuery, {patience, stands}: QueryMeans): Promise<string> {
  const {signal, note} = patience
  const wait = () => note('Waiting for AWS to say which query it has started, to stop it.')
  const start = async () => {
    signal.throwIfAborted()
    signal.addEventListener('abort', wait)
    stands('A query may go on in AWS, and what it scans is paid for.', [api.listCommand()])
    try {
      return await api.startQuery(query)
    } catch (error) {
      if (!(error instanceof PartlyDone)) stands()
      throw error
    } finally {
      signal.removeEventListener('abort', wait)
    }
  }
  return outlast(start, patience, passes)
}

/** A query that could not be stopped goes on; that is how things stand already. */
async function stop(api: Insights, id: string, {patience: {note}, stands}: QueryMeans): Promise<void> {
  note('Stopping the query in AWS.')
  try {
    await api.stopQuery(id)
    stands('The query is stopped in AWS.')
  } catch (error) {
    note(`The query is not stopped. ${explain(error).message}`)
  }
}

function completed(state: QueryState, id: string): QueryState {
  if (state.status === 'Complete') return state
  const why = {Cancelled: 'somebody has stopped it', Timeout: 'it ran for an hour', Failed: 'it failed'}
  throw new FbError(`Logs Insights has not finished the query: ${why[state.status as keyof typeof why]}.`, {
    code: 'query_ended',
    because: [`logs:GetQueryResults: query ${id} is ${state.status}`],
    next: ['--since with a shorter range'],
  })
}

/** The most rows that a query can return. */
export const MOST_ROWS = 100_000
/** The most that some Regions return. */
export const FEWER_ROWS = 10_000

/** Whether there may be rows that a query with this limit has not returned. */
export const isFull = (rows: Row[], limit: number): boolean => rows.length >= limit || rows.length === FEWER_ROWS
