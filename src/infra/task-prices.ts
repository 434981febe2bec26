import type {RawChange} from './plan-json.js'

/** Linux on x86 in Fargate, USD an hour. */
const VCPU = 0.04048
const GIB = 0.004445
/** What Spot takes changes with the hour. */
const SPOT = 'FARGATE_SPOT'

type Tasks = {name: string; hourly: number | undefined; count: number}

type Values = Record<string, unknown>
type Side = 'before' | 'after'

/** How many tasks of which size a plan has more, or less (below nothing). */
export function taskChanges(changes: RawChange[]): Tasks[] {
  const sums = new Map<string, Tasks>()
  const add = ({name, hourly, count}: Tasks) =>
    sums.set(name, {name, hourly, count: (sums.get(name)?.count ?? 0) + count})
  for (const tasks of tasksIn(changes, 'after')) add(tasks)
  for (const tasks of tasksIn(changes, 'before')) add({...tasks, count: -tasks.count})
  return [...sums.values()].filter(({count}) => count !== 0)
}

/** The fewest tasks of every service. What they are is of three resources: how large, how many, and on what. */
function tasksIn(changes: RawChange[], side: Side): Tasks[] {
  const all = (type: string) =>
    changes.flatMap(({type: one, change}) => (one === type && change[side] ? [change[side] as Values] : []))
  const definitions = all('aws_ecs_task_definition')
  const targets = all('aws_appautoscaling_target')
  return all('aws_ecs_service').flatMap((service) => {
    const definition = definitions.find(({family}) => family === service.name)
    if (!definition) return []
    const target = targets.find(({resource_id: id}) => String(id).endsWith(`/${service.name}`))
    const count = Number(target?.min_capacity ?? service.desired_count ?? 0)
    return [{...sizeOf(definition, onSpot(service)), count}]
  })
}

const onSpot = ({capacity_provider_strategy: strategies}: Values) =>
  ((strategies ?? []) as Values[]).some(({capacity_provider: provider}) => provider === SPOT)

/** A family has the name of its service. */
function sizeOf({cpu, memory}: Values, spot: boolean) {
  const [vcpu, gib] = [Number(cpu) / 1024, Number(memory) / 1024]
  const name = `${vcpu}-vCPU ${gib}-GB ${spot ? 'Spot ' : ''}task`
  return {name, hourly: spot ? undefined : vcpu * VCPU + gib * GIB}
}
