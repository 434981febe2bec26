import {filled} from './filled.js'
import {rehearsals} from './images.js'
import {uuidOf} from './inventory.js'
import {second} from './plan.js'
import {type Task, tasksOf} from './tasks.js'
import {allSets, desiredAt, type TaskSet, type World} from './world.js'

type Event = {at: number; text: string}

/** The service's last hundred events, newest first. Texts: recorded runs. */
export function serviceEvents(world: World, now: number) {
  return allSets(world)
    .filter((set) => set.createdAt <= now && set.goneAt > now - 7 * 24 * 3600 * second)
    .flatMap((set) => setEvents(world, set, now))
    .filter(({at}) => at <= now)
    .sort((a, b) => b.at - a.at)
    .slice(0, 100)
    .map(({at, text}) => ({id: uuidOf(`${at} ${text}`), createdAt: new Date(at), message: text}))
}

type Teller = {service: string; both: string; group: string}

function setEvents(world: World, set: TaskSet, now: number): Event[] {
  const {inventory, state} = world
  const service = `(service ${inventory.service})`
  const both = `(service ${inventory.service}, taskSet ${set.id})`
  const teller = {service, both, group: `(target-group ${inventory.targetGroups[set.group].arn})`}
  const tasks = tasksOf(world, set, now)
  const wanted = desiredAt(state, set.createdAt)
  return [
    {at: set.createdAt + 500, text: `${service} updated computedDesiredCount for taskSet ${set.id} to ${wanted}.`},
    ...together(
      tasks,
      (task) => task.createdAt,
      (some) => `${both} has started ${count(some)}: ${list(some)}.`,
    ),
    ...(rehearsals[set.rehearsal]?.dies ? troubles(world, tasks, set, teller) : arrivals(tasks, set, teller)),
    ...departures(tasks, set, teller),
  ]
}

const arrivals = (tasks: Task[], set: TaskSet, {service, both, group}: Teller): Event[] => [
  ...together(
    tasks,
    (task) => task.registeredAt,
    (some) => `${both} registered ${some.length} targets in ${group}`,
  ),
  {at: set.steadyAt, text: `${both} updated state to STEADY_STATE.`},
  {at: set.steadyAt + 100, text: `${service} has reached a steady state.`},
]

function departures(tasks: Task[], set: TaskSet, {service, both, group}: Teller): Event[] {
  const leaving = tasks.filter((task) => task.leavesAt === set.drainsAt && task.registeredAt < set.drainsAt)
  if (leaving.length === 0) return []
  return [
    {at: set.drainsAt + 300, text: `${service} updated computedDesiredCount for taskSet ${set.id} to 0.`},
    {at: set.drainsAt + 2000, text: `${service} deregistered ${leaving.length} targets in ${group}`},
    {at: set.drainsAt + 2100, text: `${both} has begun draining connections on ${count(leaving)}.`},
    {at: leaving[0]!.stoppedAt, text: `${service} has stopped ${leaving.length} running tasks: ${list(leaving)}.`},
  ]
}

function troubles(world: World, tasks: Task[], set: TaskSet, {service, group}: Teller): Event[] {
  const {dies, health, stoppedReason = ''} = rehearsals[set.rehearsal]!
  const reason = filled(world, set, stoppedReason)
  const unplaced = `${service} was unable to place a task. Reason: ${reason}.`
  if (dies === 'unplaced')
    return [4, 64, 304].map((seconds) => ({at: set.createdAt + seconds * second, text: unplaced}))
  const ended = tasks.filter((task) => task.stop.stoppedReason === stoppedReason)
  const events = ended.flatMap((task): Event[] => {
    if (dies === 'pulling') return [{at: task.stoppedAt, text: unplaced}]
    if (!health) return []
    const why = health.Description
    const text = `${service} (task ${task.id}) (port 8000) is unhealthy in ${group} due to (reason ${why}).`
    return [{at: task.judgedAt, text}]
  })
  // ECS says so after it has failed a few times in a row, and again while it lasts.
  const tired = ended.filter((_, i) => dies !== 'unhealthy' && i % 6 === 5)
  const text = `${service} is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`
  return [...events, ...tired.map((task) => ({at: task.stoppedAt + second, text}))]
}

/** Tasks that reach a stage within two seconds of each other share an event. */
function together(tasks: Task[], when: (task: Task) => number, tell: (tasks: Task[]) => string): Event[] {
  const groups: {at: number; tasks: Task[]}[] = []
  for (const task of tasks.filter((one) => when(one) < Infinity).sort((a, b) => when(a) - when(b))) {
    const last = groups.at(-1)
    if (last && when(task) - last.at < 2 * second) last.tasks.push(task)
    else groups.push({at: when(task), tasks: [task]})
  }
  return groups.map((group) => ({at: group.at, text: tell(group.tasks)}))
}

const count = (tasks: Task[]) => `${tasks.length} tasks`
const list = (tasks: Task[]) => tasks.map(({id}) => `(task ${id})`).join(' ')
