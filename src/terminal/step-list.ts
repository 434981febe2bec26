import {DefaultRenderer, ListrEventType, Spinner} from 'listr2'

import {clip} from '../columns.js'
import type {Canvas} from '../events.js'
import type {Live} from './live.js'

/** What is drawn below the steps, and which of them is running. */
export type Below = {
  canvas(): Canvas
  current: number
  /** The running step was left, not failed. */
  left: boolean
  /** The list goes on below a question: it ends here with what is done. */
  paused: boolean
  picture(): string[]
  notes(): string[]
}

type Task = Parameters<DefaultRenderer['style']>[0]
type Given = ConstructorParameters<typeof DefaultRenderer>

/**
 * listr2's list, drawn by fb: its own renderer draws on stdout, breaks lines at stdout's width, erases before it draws,
 * lets the top scroll away when the terminal is too low, and takes its colours from the environment alone.
 */
export function stepList(live: Live, below: Below) {
  return class StepList extends DefaultRenderer {
    static override nonTTY = true
    private readonly ticks = new Spinner()

    constructor(
      tasks: Given[0],
      options: Given[1],
      private readonly changes: Given[2],
    ) {
      super(tasks, options, changes)
    }

    override async render(): Promise<void> {
      this.ticks.start(() => this.update())
      this.changes.on(ListrEventType.SHOULD_REFRESH_RENDER, () => this.update())
    }

    override update(): void {
      live.draw(fitted(this.steps(), below, live.room))
    }

    override end(): void {
      this.ticks.stop()
      const steps = below.paused ? this.steps().slice(0, below.current) : this.steps()
      live.end([...steps, ...below.picture(), ...below.notes()])
    }

    private steps(): string[] {
      return this.create().split('\n')
    }

    protected override format(message: string, icon: string): string[] {
      return [clip(`${icon} ${message}`, below.canvas().width)]
    }

    protected override style(task: Task): string {
      const {good, bad, dim, accent} = below.canvas().paint
      if (task.isSkipped()) return dim('↓')
      if (task.isCompleted()) return good('✔')
      if (task.hasFailed() && !below.left) return bad('✖')
      return task.isStarted() ? accent(this.ticks.fetch()) : dim('○')
    }
  }
}

/** What matters most when not everything fits: the picture, then the running step and its neighbours, then the notes. */
function fitted(steps: string[], below: Below, room: number): string[] {
  const picture = below.picture()
  const all = [...steps, ...picture, ...below.notes()]
  if (all.length <= room) return all
  const left = Math.max(1, room - picture.length)
  const first = Math.max(0, Math.min(below.current - left + 1, steps.length - left))
  return [...steps.slice(first, first + left), ...picture]
}
