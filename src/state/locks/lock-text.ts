import {wrapped} from '../../columns.js'
import {age} from '../../durations.js'
import type {Canvas} from '../../events.js'
import {lostNext, lostText} from '../backups/loss.js'
import {DIGEST_WARNING} from './digest.js'
import type {HeldLock, LockStatus} from './lock-status.js'
import type {Mismatch} from './mismatch.js'

const ALIVE = {yes: 'still at work', no: 'not at work any more', unknown: 'perhaps still at work'}

/** Where it is shown; `unlocking` is the command that mends what can be mended. */
type Shown = {env: string; now: Date; unlocking?: boolean}

export function lockText(status: LockStatus, shown: Shown, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const {locks, state} = status
  const free = [`${paint.good('✔')} Nobody holds the state of ${paint.bold(shown.env)}.`]
  return [
    ...(locks.length === 0 ? free : holders(locks, shown, canvas)),
    ...digestText(status, shown, canvas),
    ...wrapped(paint.dim(`  ${safe(state)}`), width, 2),
  ]
}

function digestText({digest, mismatch, loss}: LockStatus, shown: Shown, canvas: Canvas): string[] {
  const {paint, width} = canvas
  const bad = (text: string) => wrapped(`${paint.bad('✖')} ${text}`, width, 2)
  if (digest === 'gone')
    return [...bad(lostText(loss)), ...lostNext(shown.env, loss).flatMap((next) => row('Next', next, canvas))]
  if (digest !== 'differs') return []
  return [...bad(DIGEST_WARNING), ...(mismatch ? mismatchText(mismatch, shown, canvas) : [])]
}

/** The next steps that keep what is there come first. */
function mismatchText({md5, digest, version, compared}: Mismatch, {env, now, unlocking}: Shown, canvas: Canvas) {
  const of = version && `version ${version.versionId}, ${age(now.getTime() - version.at.getTime())} old`
  const why = of
    ? `The digest is that of ${of}: what was written since came without its digest. A write was cut off, or somebody wrote by hand.`
    : `The digest is that of no older version (${compared} compared): somebody wrote this state by hand or without the lock.`
  const next = [
    ...(version ? [`fb state diff ${version.versionId} --env ${env}`] : [`fb state backups --env ${env}`]),
    ...(unlocking ? [] : [`fb state unlock --env ${env}   # the digest becomes the state's MD5`]),
  ]
  const facts = [
    ['State', `MD5 ${md5}`],
    ['Digest', digest],
    ['Why', why],
    ...next.map((one, i) => [i === 0 ? 'Next' : '', one]),
  ]
  return facts.flatMap(([label, text]) => row(label!, text!, canvas))
}

/** With two kinds of lock, one holder holds both: the second is only named. */
function holders(locks: HeldLock[], {env, now, unlocking}: Shown, canvas: Canvas): string[] {
  const {paint, safe} = canvas
  const different = [...new Map(locks.map((lock) => [lock.id, lock])).values()]
  return different.flatMap((held) => {
    const {id, who, operation, tool, since, alive, because} = held
    const colour = {yes: paint.warn, no: paint.bad, unknown: paint.warn}[alive]
    const places = locks.filter((lock) => lock.id === id).map(({lock}) => lock)
    const free = unlocking ? '' : `fb state unlock ${id && `${id} `}--env ${env}`
    const facts = [
      ['For', since ? `${age(now.getTime() - since.getTime())}, since ${since.toISOString()}` : 'an unknown time'],
      ['What', [operation, tool].filter(Boolean).join(' · ')],
      ['Holder', `${colour(ALIVE[alive])}: ${safe(because)}`],
      ['Lock', `${id || 'without an ID,'} in the ${places.join(' and the ')}`],
      ['Next', alive === 'yes' ? 'wait, or --lock-timeout 5m' : free],
    ]
    return [
      `${paint.warn('■')} The state of ${paint.bold(env)} is locked by ${paint.bold(safe(who || 'somebody'))}.`,
      ...facts.filter(([, text]) => text).flatMap(([label, text]) => row(label!, text!, canvas)),
    ]
  })
}

const row = (label: string, text: string, {paint, safe, width}: Canvas) =>
  wrapped(`  ${paint.dim(label.padEnd(6))} ${label === 'Holder' ? text : safe(text)}`, width, 9)
