import type {Task} from '../deploy/service.js'
import {stoppedBecause} from '../deploy/stopped.js'
import {explain} from '../errors.js'
import type {ServiceReads} from './targets.js'
import type {Zone} from './zone.js'

const EVERY = 15_000

/** Says which tasks start and stop, and why. It looks every 15 s and holds nothing up. */
export class TaskWatch {
  private known: Map<string, Task> | undefined
  private due = 0
  private looking = false
  private failed = false

  /** `name` is the service's, where there are several. */
  constructor(
    private readonly aws: Pick<ServiceReads, 'tasks'>,
    private readonly zone: Zone,
    private readonly say: (text: string) => void,
    private readonly name = '',
  ) {}

  /** Tasks that run now; undefined when ECS does not say. */
  async running(): Promise<number | undefined> {
    await this.look()
    return this.known?.size
  }

  tick(now: number): void {
    if (this.looking || now < this.due) return
    this.due = now + EVERY
    this.looking = true
    void this.look().finally(() => {
      this.looking = false
    })
  }

  private async look(): Promise<void> {
    try {
      const running = new Map((await this.aws.tasks('RUNNING')).map((task) => [task.id, task]))
      const before = this.known ?? running
      this.known = running
      const gone = [...before.keys()].filter((id) => !running.has(id))
      const stopped = gone.length > 0 ? await this.aws.tasks('STOPPED') : []
      if (this.failed) this.say('Tasks that start and stop are seen again.')
      this.failed = false
      for (const task of running.values())
        if (!before.has(task.id))
          this.say(`+ ${this.when(task.startedAt ?? task.createdAt)}${this.title(task)} started`)
      for (const id of gone) {
        const task = stopped.find((one) => one.id === id)
        const because = task && stoppedBecause(task)
        const end = because ? `stopped: ${because}` : 'stopped'
        this.say(`- ${this.when(task?.endedAt ?? task?.stoppedAt)}${this.title(before.get(id)!)} ${end}`)
      }
    } catch (error) {
      if (!this.failed) this.say(`Tasks that start and stop are not seen: ${explain(error).message}`)
      this.failed = true
    }
  }

  /** As the lines around it have it, where ECS tells. */
  private when(at: Date | undefined): string {
    return at ? `${this.zone.time(at.getTime()).slice(0, 8)} ` : ''
  }

  private title({id, taskDefinition}: Task): string {
    const revision = taskDefinition.slice(taskDefinition.lastIndexOf(':') + 1)
    return `${this.name ? `${this.name} ` : ''}task ${id.slice(0, 8)} (v${revision})`
  }
}
