import {wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import {verdict} from '../state/verdict.js'
import type {Plan} from './plan.js'
import type {Teardown} from './teardown.js'
import {counted, listed} from './words.js'

/** What has become of an environment that was taken down. */
export type TornDown = Pick<Plan, 'env' | 'account' | 'region' | 'counts' | 'changes'> & {
  /** How many things Terraform has destroyed. */
  done: number
  seconds: number
  kept: string[]
  snapshots: string[]
  /** The state before, as `fb state restore` takes it. */
  backup?: string
}

export const tornDown = (
  {env, account, region, counts, changes}: Plan,
  {kept}: Teardown,
  done: Pick<TornDown, 'done' | 'seconds' | 'snapshots' | 'backup'> = {done: 0, seconds: 0, snapshots: []},
): TornDown => ({env, account, region, counts, changes, kept, ...done})

/** What is said beside the plan: what stays, and what cannot be read any more. */
export function teardownText({kept, keys}: Teardown, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const note = (mark: string, text: string) => wrapped(`${mark} ${safe(text)}`, width, 2)
  return [
    ...(kept.length > 0 ? note(paint.good('○'), `Stays, with what it needs: ${kept.join(' ')}`) : []),
    ...keys.flatMap((key) =>
      note(paint.warn('!'), `${key} goes too: what it has encrypted, a last snapshot too, is lost with it.`),
    ),
  ]
}

export function tornDownText(result: TornDown, time: string, canvas: Canvas): string[] {
  const {env, done, kept, snapshots, backup} = result
  const what = `${counted(done, 'resource')} of ${env} ${done === 1 ? 'is' : 'are'} destroyed, in ${time}.`
  return verdict(
    what,
    [
      ['Kept', kept.length > 0 ? [`${listed(kept)}, still in the state`] : []],
      ['Saved', snapshots.map((name) => `snapshot ${name}`)],
      ['State', backup ? [`the one before is ${backup}`] : []],
      ['Next', [`fb infra up --env ${env}`]],
    ],
    canvas,
  )
}
