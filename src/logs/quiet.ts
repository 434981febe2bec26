import {nearest} from '../config/nearest.js'
import {explain, NotFound} from '../errors.js'
import {type Source, sourceText} from './source.js'

export type StreamReads = {streamNames(group: string, prefix?: string): Promise<string[]>}

type Quiet = {sources: Source[]; follow: boolean}

/** Silence has a reason: no stream is called so, or there is one that says nothing. Who follows goes on all the same. */
export async function explainQuiet(
  aws: StreamReads,
  {sources, follow}: Quiet,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const source of sources) {
    const missing = await noStream(aws, source).catch((error: unknown) => {
      if (signal.aborted) throw error
      say(`Nothing in ${sourceText(source)} so far, and fb cannot tell why: ${explain(error).message}`)
    })
    if (missing && !follow) throw missing
    if (missing) say(`${missing.message} ${missing.because.join(' ')}`)
  }
}

/** Why a source has nothing to show: undefined when its streams are there and merely quiet. */
async function noStream(aws: StreamReads, source: Source): Promise<NotFound | undefined> {
  const {group, prefix = source.streams?.[0]} = source
  const found = await aws.streamNames(group, prefix)
  if (found.length > 0) return undefined
  const near = await streamsNear(aws, group, prefix)
  return new NotFound(`No stream matched ${sourceText(source)}.`, {
    code: 'no_stream',
    because: [near.length > 0 ? `Nearest: ${near.join(', ')}.` : 'The group has no streams.'],
    next: ['fb status'],
  })
}

/** Streams of the same container, when there are any, otherwise those with the most similar names. */
async function streamsNear(aws: StreamReads, group: string, prefix = ''): Promise<string[]> {
  const parent = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  const siblings = parent && parent !== prefix ? await aws.streamNames(group, parent) : []
  if (siblings.length > 0) return siblings.slice(0, 3)
  const all = await aws.streamNames(group)
  const near = nearest(prefix, all)
  return near.length > 0 ? near : all.slice(0, 3)
}
