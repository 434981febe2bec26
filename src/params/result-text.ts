import {wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import {servicesOf} from './fleet.js'
import type {Result} from './write.js'

/** What was written, and the truth about the tasks that run. `restarting`: they are about to be replaced. */
export function resultsText(results: Result[], env: string, restarting: boolean, {paint, width}: Canvas): string[] {
  const written = results.filter(({action}) => action !== 'unchanged')
  const unchanged = results.filter(({action}) => action === 'unchanged')
  const names = (some: Result[]) => some.map(({key, version}) => `${key} v${version}`).join(', ')
  const upgraded = written.filter(({tier}) => tier === 'Advanced').map(({key}) => key)
  const lines = [
    ...(written.length > 0 ? [`${paint.good('✔')} ${paint.bold(names(written))}`] : []),
    ...(unchanged.length > 0 ? [`${paint.dim('=')} unchanged: ${names(unchanged)}`] : []),
    ...(upgraded.length > 0 ? [paint.dim(`  in the advanced tier, which is paid: ${upgraded.join(', ')}`)] : []),
    ...(restarting ? [] : [...fleetLines(written, env, paint), ...unreadLines(written, env, paint)]),
  ]
  return lines.flatMap((line) => wrapped(line, width, 2))
}

function fleetLines(written: Result[], env: string, {warn, dim}: Canvas['paint']): string[] {
  const reading = written.filter(({rollout}) => rollout.tasks > 0)
  if (reading.length === 0) return []
  const tasks = Math.max(...reading.map(({rollout}) => rollout.tasks))
  const services = servicesOf(reading.flatMap(({rollout}) => rollout.readers))
  const many = tasks === 1 ? '1 running task' : `${tasks} running tasks`
  return [
    `${warn('!')} ${many} of ${services.join(', ')} still ${tasks === 1 ? 'uses' : 'use'} the old value. New ones (scaling, replacement) take the new one from now on.`,
    ...services.map(
      (service, i) => `  ${dim(i === 0 ? 'Next  ' : '      ')} fb params restart --service ${service} --env ${env}`,
    ),
  ]
}

function unreadLines(written: Result[], env: string, {warn, dim}: Canvas['paint']): string[] {
  const unread = written.filter(({rollout, action}) => action === 'created' && rollout.state === 'unused')
  if (unread.length === 0) return []
  const keys = unread.map(({key}) => key)
  return [
    `${warn('!')} No service reads ${keys.join(', ')} yet.`,
    `  ${dim('Next  ')} fb params link ${keys.slice(0, 3).join(' ')}${keys.length > 3 ? ' ...' : ''} --env ${env}`,
  ]
}

/** What `--json` says of a parameter that was written; never its value. */
export const resultDocument = ({key, name, action, version, previous, type, tier, rollout}: Result) => ({
  key,
  name,
  action,
  version,
  previous,
  type,
  tier,
  usedBy: rollout.readers.map(({service, container, variable}) => ({service, container, variable})),
  tasksOnOldValue: action === 'unchanged' ? rollout.old : rollout.tasks,
})
