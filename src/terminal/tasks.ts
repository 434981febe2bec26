import {
  DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels,
  ListrLogger,
  type ListrTaskWrapper,
  ProcessOutput,
  type SimpleRenderer,
} from 'listr2'

import {clip} from '../columns.js'
import type {Canvas, Event, Panel, Workflow} from '../events.js'
import {safeLine} from './safe.js'

const NOTES = 3

/** What is drawn below the tasks: the picture of the running step and the latest notes. */
class Screen {
  panel: Panel | undefined
  private notes: string[] = []

  constructor(private readonly canvas: () => Canvas) {}

  note(text: string) {
    this.notes = [...this.notes, text].slice(-NOTES)
  }

  clear() {
    this.panel = undefined
    this.notes = []
  }

  draw(): string[] {
    const canvas = this.canvas()
    const picture = this.panel?.(canvas) ?? []
    const notes = this.notes.map((note) => canvas.paint.dim(clip(safeLine(note), canvas.width - 4)))
    return picture.length + notes.length > 0 ? ['', ...picture, ...notes].map((line) => `  ${line}`.trimEnd()) : []
  }
}

/** listr2 draws on stdout by default; progress belongs on stderr so that `fb deploy > result.txt` stays clean. */
function rendererFor(screen: Screen) {
  return class StderrRenderer extends DefaultRenderer {
    static override nonTTY = true
    override create(options?: Parameters<DefaultRenderer['create']>[0]): string {
      return [super.create(options), ...screen.draw()].join('\n')
    }
  }
}

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>

class StepFailed extends Error {}

/** A terminal: one listr2 list per plan. Each task pulls the workflow until its own step ends, so the order exists once. */
export async function tasks<Result>(run: Workflow<Result>, canvas: () => Canvas): Promise<Result> {
  const screen = new Screen(canvas)
  const feed = new Feed(run)
  for (;;) {
    const next = await feed.next()
    if (next.done) return next.value
    if (next.value.type === 'plan') await draw(Object.entries(next.value.steps), feed, screen)
    screen.clear()
  }
}

/** The workflow with a way to put one event back, for the list that finds the beginning of the next one. */
class Feed<Result> {
  private held: Event | undefined

  constructor(private readonly run: Workflow<Result>) {}

  async next(): Promise<IteratorResult<Event, Result>> {
    const value = this.held
    this.held = undefined
    return value ? {done: false, value} : this.run.next()
  }

  putBack(event: Event) {
    this.held = event
  }
}

async function draw<Result>(steps: [string, string][], feed: Feed<Result>, screen: Screen): Promise<void> {
  const logger = new ListrLogger({processOutput: new ProcessOutput(process.stderr, process.stderr)})
  const width = Math.max(...steps.map(([, title]) => title.length))
  const list = steps.map(([step, title], i) => ({
    title,
    task: async (_: unknown, task: Task) => {
      await pull(step, task, feed, screen, width)
      // What is left on the screen is the list, not the last picture.
      if (i === steps.length - 1) screen.clear()
    },
  }))
  const rendererOptions = {logger, showErrorMessage: false, collapseErrors: true, icon: ICONS}
  const options = {registerSignalListeners: false, renderer: rendererFor(screen), rendererOptions}
  await new Listr(list, options as never).run().catch((error: unknown) => {
    if (!(error instanceof StepFailed)) throw error
  })
}

const ICONS = {
  [ListrDefaultRendererLogLevels.WAITING]: '○',
  [ListrDefaultRendererLogLevels.COMPLETED_WITH_FAILED_SISTER_TASKS]: '○',
}

async function pull<Result>(
  step: string,
  task: Task,
  feed: Feed<Result>,
  screen: Screen,
  width: number,
): Promise<void> {
  for (;;) {
    const {done, value} = await feed.next()
    if (done) throw new TypeError('the workflow ended before its last planned step')
    switch (value.type) {
      case 'plan':
        feed.putBack(value)
        throw new StepFailed()
      case 'note':
        screen.note(value.text)
        break
      case 'progress':
        screen.panel = value.panel ?? (() => [safeLine(value.line)])
        break
      case 'start':
        break
      default:
        if (value.step === step) return end(value, task, screen, width)
    }
  }
}

function end(
  {type, detail}: {type: 'done' | 'skip' | 'fail'; detail: string},
  task: Task,
  screen: Screen,
  width: number,
): void {
  const title = detail ? `${task.title.padEnd(width)}  ${safeLine(detail)}` : task.title
  if (type === 'skip') task.skip(title)
  else task.title = title
  if (type !== 'fail') return
  screen.clear()
  throw new StepFailed()
}
