import type {Clock} from '../clock.js'
import {explain, Interrupted} from '../errors.js'
import type {Event} from '../events.js'
import type {Cause} from './causes.js'
import type {Underway} from './deploy.js'
import type {Signs} from './diagnose.js'
import {isProof} from './fail-fast.js'
import {eventsOf, ownContainer} from './failure.js'
import {telling} from './log-lines.js'
import type {Mark} from './mark.js'
import {type Hear, type Notice, serveNotice} from './notice.js'
import {healthy, type Reading, sidesOf} from './reading.js'
import type {Target, Task} from './service.js'
import {troubled} from './stopped.js'
import {causeOfGreen} from './task-causes.js'

/** How a deployment is stopped that cannot succeed. */
export type FailFast = {
  stop(deploymentId: string, how: {rollback: boolean}): Promise<boolean>
  hear: Hear
}

type Guarded = Pick<Underway, 'deploymentId' | 'release' | 'previous' | 'definition' | 'container'> & {mark: Mark}

/** What goes wrong, for the live picture. */
export type Alarmed = {summary: string; logs: string[]; stop?: () => string}

/**
 * Tells what goes wrong on green while it is watched, and stops a deployment that is proven to be in vain, after a notice.
 * Without `failFast` it only tells: a deployment that somebody else has started is theirs to stop.
 */
export class Guard {
  /** Green's own stopped tasks, the log of one, and its unhealthy targets, as last seen. */
  readonly seen: {stopped: Task[]; logs: string[]; unhealthy: Target[]} = {stopped: [], logs: [], unhealthy: []}
  /** When fb has asked CodeDeploy to stop it. */
  stoppedAt: Date | undefined
  private cause: Cause | undefined
  private everHealthy = false
  private notice: Notice | undefined

  constructor(
    private readonly guarded: Guarded,
    private failFast: FailFast | undefined,
    private readonly clock: Clock,
  ) {}

  get alarm(): Alarmed | undefined {
    return this.cause && {summary: this.cause.summary, logs: telling(this.seen.logs), stop: this.notice?.left}
  }

  async *look(reading: Reading, installing: boolean): AsyncGenerator<Event, void, void> {
    const signs = this.signsIn(reading)
    const cause = causeOfGreen(signs)
    if (cause && cause.summary !== this.cause?.summary) yield this.note(`v${this.release}: ${cause.summary}`)
    this.cause = cause ?? this.cause
    if (!this.failFast) return
    const inVain = installing && !this.everHealthy && knowsHealth(reading) && isProof(signs)
    if (this.notice?.objected()) yield this.kept()
    else if (!inVain) yield* this.withdrawn()
    else if (!this.notice) yield this.announced(signs.stopped.length, this.failFast)
    else if (this.notice.isOver(reading.at)) yield* this.stopped(this.failFast)
  }

  /** What is seen now and, as AWS forgets and ECS goes on trying, what was seen before. */
  private signsIn(reading: Reading): Signs {
    const {green} = sidesOf(reading, this.guarded.deploymentId)
    if (reading.stopped?.length) this.seen.stopped = troubled(reading.stopped)
    if (reading.logs?.length) this.seen.logs = reading.logs
    const sick = unhealthy(green?.targets ?? [])
    if (sick.length > 0) this.seen.unhealthy = sick
    this.everHealthy ||= healthy(green?.targets ?? []) > 0
    const short = green !== undefined && green.taskSet.running < green.taskSet.desired
    return {
      ...this.seen,
      container: ownContainer(this.guarded),
      memory: this.guarded.definition.memory,
      events: short ? eventsOf(reading) : [],
    }
  }

  private announced(failed: number, {hear}: FailFast): Event {
    this.notice = serveNotice(hear, this.clock)
    return this.note(
      `${failed} tasks of v${this.release} have failed and none was ever healthy: fb stops the deployment ${this.notice.how}.`,
    )
  }

  private kept(): Event {
    this.withdraw()
    this.failFast = undefined
    return this.note('It goes on: fb does not stop it any more.')
  }

  private *withdrawn(): Generator<Event> {
    if (!this.notice) return
    this.withdraw()
    yield this.note(
      `It goes on: ${this.everHealthy ? 'a task is healthy after all' : 'fb cannot see at the moment how its tasks are'}.`,
    )
  }

  private async *stopped({stop}: FailFast): AsyncGenerator<Event, void, void> {
    const {deploymentId, mark} = this.guarded
    this.withdraw()
    this.failFast = undefined
    this.stoppedAt = this.clock.now()
    try {
      if (!(await stop(deploymentId, {rollback: true}))) {
        this.stoppedAt = undefined
        yield this.note(`${deploymentId} was over before fb could stop it.`)
        return
      }
      yield this.note(`fb has told CodeDeploy to stop ${deploymentId} and to roll it back.`)
      yield* mark(`fb: cannot succeed: ${this.cause!.summary}`)
    } catch (error) {
      const failure = explain(error)
      if (failure instanceof Interrupted) throw error
      this.stoppedAt = undefined
      yield this.note(`fb could not stop ${deploymentId}, it goes on in AWS: ${failure.message}`)
    }
  }

  /** Nobody looks for a while: nothing is stopped unseen, and a new notice follows when watching goes on. */
  rest(): void {
    if (this.notice?.objected()) this.failFast = undefined
    this.withdraw()
  }

  private withdraw(): void {
    this.notice?.end()
    this.notice = undefined
  }

  private get release(): number {
    return this.guarded.release.number
  }

  private note(text: string): Event {
    return {type: 'note', text}
  }
}

/** Targets that do not serve; unused ones once nothing is on its way to them any more. */
export const unhealthy = (targets: Target[]): Target[] =>
  targets.filter(({state}) => state === 'unhealthy' || state === 'unused')

/** A read that fails says nothing: without the targets of this moment nobody knows that none is healthy. */
const knowsHealth = ({targets, service, stale}: Reading): boolean =>
  targets !== undefined &&
  service !== undefined &&
  !stale.some(({read}) => ['service', 'stopped', 'targets'].includes(read))
