import {explain, Interrupted, mayHaveHappened, PartlyDone} from '../errors.js'
import {stands, type Workflow} from '../events.js'
import {REMOVED_AT_ONCE, type Store} from './store.js'
import type {Removal} from './unset.js'

/** Deletes them in as many calls as it takes. `resume` is the command for those that are left. */
export async function* removeParameters(
  store: Store,
  removals: Removal[],
  resume: (keys: string[]) => string,
): Workflow<void> {
  const keys = removals.map(({key}) => key)
  yield {type: 'plan', steps: {remove: keys.length === 1 ? `Delete ${keys[0]}` : `Delete ${keys.length} parameters`}}
  yield {type: 'start', step: 'remove'}
  for (let done = 0; done < keys.length; done += REMOVED_AT_ONCE) {
    const batch = removals.slice(done, done + REMOVED_AT_ONCE)
    // A call on its way cannot be taken back: whoever ends fb meanwhile is not told that nothing has happened.
    yield stands(said(keys.slice(0, done), keys.slice(done), 'Not certain to be deleted'), [resume(keys.slice(done))])
    try {
      await store.remove(batch.map(({name}) => name))
    } catch (error) {
      if (explain(error) instanceof Interrupted) throw error
      if (done === 0 && !mayHaveHappened(error)) yield stands('Nothing was changed.')
      if (done === 0) throw error
      throw partly(keys.slice(0, done), keys.slice(done), error, resume)
    }
    const [gone, left] = [keys.slice(0, done + batch.length), keys.slice(done + batch.length)]
    yield stands(said(gone, left), left.length > 0 ? [resume(left)] : [])
    if (left.length > 0) yield {type: 'progress', step: 'remove', line: `${gone.length}/${keys.length}`}
  }
  yield {type: 'done', step: 'remove', detail: ''}
}

const said = (gone: string[], left: string[], open = 'Not deleted'): string =>
  [gone.length > 0 ? `Deleted: ${gone.join(', ')}.` : '', left.length > 0 ? `${open}: ${left.join(', ')}.` : '']
    .filter(Boolean)
    .join(' ')

function partly(gone: string[], left: string[], error: unknown, resume: (keys: string[]) => string): PartlyDone {
  const {message, because, next} = explain(error)
  return new PartlyDone(`${gone.length} of ${gone.length + left.length} parameters are deleted, then: ${message}`, {
    code: 'partly_deleted',
    because,
    state: said(gone, left),
    next: [resume(left), ...next],
    cause: error,
  })
}
