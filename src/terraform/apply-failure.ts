import {type FbError, PartlyDone} from '../errors.js'
import type {Ran} from './apply.js'
import {inOwnWay, terraformFailure, type Where} from './failure.js'

/** What is known of an apply that did not come to its end. */
export type Aftermath = {
  of: number
  done: number
  /** Of how many Terraform had begun to make something, those that are done among them. */
  begun: number
  /** Addresses that Terraform could not do, and those it left when it was told to end. */
  failed: string[]
  cut: string[]
  /** Where the state is that could not be saved. */
  kept?: string
  /** The lock that is left behind: its id, or nothing but that there is one. */
  lock?: string
  interrupted: boolean
}

/** Why an apply ended too early, how things stand now, and what to type next. */
export function applyFailure(what: string, ran: Ran, after: Aftermath, where: Where): FbError {
  const known = terraformFailure(what, ran.diagnostics, ran.complaint, where)
  const {kept, lock, begun, interrupted} = after
  const held = lock !== undefined
  const {message, because} = held ? inOwnWay(known) : known
  if (begun === 0 && !kept && !held && !interrupted) return known
  const next = [
    ...known.next.filter((step) => step.startsWith('aws ')),
    ...(held ? [lock ? `fb state unlock ${lock}` : 'fb state lock'] : []),
    ...(kept ? [`fb state recover ${kept}`] : []),
    'fb infra up',
  ]
  const detail = {
    code: known.code,
    because: because.filter((line) => !ADVICE.test(line)),
    state: stateText(after),
    next,
    cause: known,
  }
  if (kept || held) return new PartlyDone(message, {...detail, code: kept ? 'state_not_saved' : 'lock_left'})
  if (after.done > 0 && !interrupted) return new PartlyDone(known.message, detail)
  const Kind = known.constructor as typeof FbError
  return new Kind(known.message, detail)
}

/** Terraform's own ways on, in place of which fb has others. */
const ADVICE =
  /^(The error shown above has prevented Terraform from writing|Running "terraform apply" again|To retry writing this state|Terraform acquires a lock when accessing|In this scenario, please call)/

function stateText({of, done, begun, failed, cut, kept, lock}: Aftermath): string {
  const made = begun === 0 ? 'Nothing was changed.' : `${done} of ${of} changes are made.`
  const told = [
    ...(failed.length > 0 ? [`Not made to the end: ${some(failed)}.`] : []),
    ...(cut.length > 0 ? [`Left while it was made: ${some(cut)}.`] : []),
  ]
  const unsaved = `The state could not be saved: it is in ${kept}, for you alone to read`
  const state = kept
    ? `${unsaved}${begun > 0 ? ', and what is made is known nowhere else' : ''}.`
    : begun > 0 && 'The state has what is made.'
  return [made, ...told, state, lock === undefined ? '' : 'The state is still locked.'].filter(Boolean).join(' ')
}

const NAMED = 4

const some = (all: string[]): string =>
  all.length <= NAMED ? all.join(', ') : `${all.slice(0, NAMED).join(', ')} and ${all.length - NAMED} more`
