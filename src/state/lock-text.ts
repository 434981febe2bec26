import {wrapped} from '../columns.js'
import {age} from '../durations.js'
import type {Canvas} from '../events.js'
import {DIGEST_WARNING, digestAdvice} from './digest.js'
import type {HeldLock, LockStatus} from './lock-status.js'

const ALIVE = {yes: 'still at work', no: 'not at work any more', unknown: 'perhaps still at work'}

export function lockText({state, locks, digest}: LockStatus, env: string, now: Date, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const free = [`${paint.good('✔')} Nobody holds the state of ${paint.bold(env)}.`]
  const differs = [
    ...wrapped(`${paint.bad('✖')} ${DIGEST_WARNING}`, width, 2),
    ...row('', `A write was cut off between the two. ${digestAdvice(env)}`, canvas),
  ]
  return [
    ...(locks.length === 0 ? free : holders(locks, env, now, canvas)),
    ...(digest === 'differs' ? differs : []),
    ...wrapped(paint.dim(`  ${safe(state)}`), width, 2),
  ]
}

/** With two kinds of lock, one holder holds both: the second is only named. */
function holders(locks: HeldLock[], env: string, now: Date, canvas: Canvas): string[] {
  const {paint, safe} = canvas
  const different = [...new Map(locks.map((lock) => [lock.id, lock])).values()]
  return different.flatMap((held) => {
    const {id, who, operation, tool, since, alive, because} = held
    const colour = {yes: paint.warn, no: paint.bad, unknown: paint.warn}[alive]
    const places = locks.filter((lock) => lock.id === id).map(({lock}) => lock)
    const facts = [
      ['For', since ? `${age(now.getTime() - since.getTime())}, since ${since.toISOString()}` : 'an unknown time'],
      ['What', [operation, tool].filter(Boolean).join(' · ')],
      ['Holder', `${colour(ALIVE[alive])}: ${safe(because)}`],
      ['Lock', `${id || 'no ID,'} in the ${places.join(' and the ')}`],
      ['Next', alive === 'yes' ? 'wait, or --lock-timeout 5m' : `fb state unlock ${id && `${id} `}--env ${env}`],
    ]
    return [
      `${paint.warn('■')} The state of ${paint.bold(env)} is locked by ${paint.bold(safe(who || 'somebody'))}.`,
      ...facts.flatMap(([label, text]) => row(label!, text!, canvas)),
    ]
  })
}

const row = (label: string, text: string, {paint, safe, width}: Canvas) =>
  wrapped(`  ${paint.dim(label.padEnd(6))} ${label === 'Holder' ? text : safe(text)}`, width, 9)
