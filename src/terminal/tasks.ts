import {
  type DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels,
  type ListrTaskWrapper,
  type SimpleRenderer,
} from 'listr2'

import {clip, widthOf} from '../columns.js'
import {Interrupted} from '../errors.js'
import type {Canvas, Event, Panel, Workflow} from '../events.js'
import type {Interruption} from './lines.js'
import {Live} from './live.js'
import {safeLine} from './safe.js'
import {type Below, stepList} from './step-list.js'

const NOTES = 3
const OUTPUT = 8
const INDENT = '  '

/** What is drawn below the tasks: the picture of the running step and the latest notes. */
class Screen implements Below {
  panel: Panel | undefined
  current = 0
  left = false
  paused = false
  private told: string[] = []
  private written: string[] = []

  constructor(readonly canvas: () => Canvas) {}

  note(text: string) {
    this.told = [...this.told, text].slice(-NOTES)
  }

  output(text: string) {
    this.written = [...this.written, text].slice(-OUTPUT)
  }

  /** What a program wrote is of its own step. */
  forgetOutput() {
    this.written = []
  }

  clear() {
    this.panel = undefined
    this.forgetOutput()
    this.told = []
  }

  picture(): string[] {
    const {paint, width} = this.inner()
    const written = this.written.map((line) => paint.dim(clip(safeLine(line), width)))
    const lines = [...(this.panel?.(this.inner()) ?? []), ...written]
    return lines.length > 0 ? ['', ...lines.map((line) => INDENT + line)] : []
  }

  notes(): string[] {
    const {paint, width} = this.inner()
    return this.told.map((note, i) => {
      const label = (i === 0 ? 'Events' : '').padEnd(7)
      return INDENT + paint.dim(clip(label + safeLine(note), width))
    })
  }

  private inner(): Canvas {
    const canvas = this.canvas()
    return {...canvas, width: canvas.width - INDENT.length}
  }
}

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>

class StepFailed extends Error {}
class StepPaused extends StepFailed {}

/** A terminal: one listr2 list per plan. Each task pulls the workflow until its own step ends, so the order exists once. */
export async function tasks<Result>(
  run: Workflow<Result>,
  canvas: () => Canvas,
  terminal: NodeJS.WriteStream,
  stop?: Interruption,
): Promise<Result> {
  const screen = new Screen(canvas)
  stop?.signal.addEventListener('abort', () => screen.note(stop.answer()), {once: true})
  const feed = new Feed(run)
  let drawn = false
  try {
    for (;;) {
      const next = await feed.next()
      if (next.done) return next.value
      if (next.value.type !== 'plan') continue
      drawn = true
      await draw(Object.entries(next.value.steps), feed, screen, new Live(terminal))
    }
  } finally {
    // The verdict that follows stands apart.
    if (drawn) terminal.write('\n')
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

/** The steps after the one that failed. */
const UNREACHED = ListrDefaultRendererLogLevels.COMPLETED_WITH_FAILED_SISTER_TASKS

/** As wide as the longest title of a deployment, so that a later list has its details in the same column. */
const TITLE = 28

async function draw<Result>(steps: [string, string][], feed: Feed<Result>, screen: Screen, live: Live): Promise<void> {
  screen.paused = false
  const width = Math.max(TITLE, ...steps.map(([, title]) => title.length))
  const list = steps.map(([step, title], i) => ({
    title,
    task: async (_: unknown, task: Task) => {
      screen.current = i
      try {
        await pull(step, task, feed, screen, width)
      } catch (error) {
        screen.left = error instanceof Interrupted
        screen.paused = error instanceof StepPaused
        screen.clear()
        throw error
      }
      // What is left on the screen is the list, not the last picture.
      if (i === steps.length - 1) screen.clear()
      screen.forgetOutput()
    },
  }))
  const rendererOptions = {
    showErrorMessage: false,
    icon: {[UNREACHED]: '○'},
    color: {[UNREACHED]: (text: string) => screen.canvas().paint.dim(text)},
  }
  const options = {registerSignalListeners: false, renderer: stepList(live, screen), rendererOptions}
  await new Listr(list, options as never).run().catch((error: unknown) => {
    if (!(error instanceof StepFailed)) throw error
  })
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
      case 'pause':
        throw new StepPaused()
      case 'note':
        screen.note(value.text)
        break
      case 'output':
        screen.output(value.text)
        break
      case 'progress':
        screen.panel = value.panel ?? (() => [safeLine(value.line)])
        break
      case 'start':
      case 'stands':
      case 'holds':
        break
      default:
        if (value.step === step) return end(value, task, screen, width)
    }
  }
}

function end(
  {type, detail}: {type: 'done' | 'fail'; detail: string},
  task: Task,
  {canvas}: Screen,
  width: number,
): void {
  task.title = titled(task.title, safeLine(detail), width, canvas().width)
  if (type === 'fail') throw new StepFailed()
}

/** A title and its detail, in columns where there is room for them. */
function titled(title: string, detail: string, width: number, room: number): string {
  if (!detail) return title
  const apart = `${title.padEnd(width)}  ${detail}`
  return widthOf(apart) + 2 <= room ? apart : `${title}  ${detail}`
}
