import {AccessError, explain} from '../errors.js'

/** What may not be done was not done; whoever has changed something before says how things stand instead. */
export function notDone(error: Error): never {
  const failure = explain(error)
  throw failure instanceof AccessError ? failure.given({state: 'Nothing was changed.', next: []}) : error
}
