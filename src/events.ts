/** Colours by meaning; a renderer without colour passes functions that return their input. */
export type Paint = Record<
  'bold' | 'dim' | 'good' | 'bad' | 'warn' | 'blue' | 'green' | 'accent',
  (text: string) => string
>

/**
 * What a picture is drawn on: at most `width` columns, as many as a person reads with ease, and for wide tables up to the `edge`
 * of the screen, on which `height` lines can be seen at once. Text from outside goes through `safe` before it is drawn.
 */
export type Canvas = {width: number; edge?: number; height?: number; paint: Paint; safe: (text: string) => string}

/** A picture of the work right now. It is drawn again whenever the screen refreshes, so clocks in it tick. */
export type Panel = (canvas: Canvas) => string[]

/** What long work says while it runs. A renderer reads it; the work never knows which. */
export type Event =
  /** The steps to come, id -> title, in order. A later plan replaces the steps that are left. */
  | {type: 'plan'; steps: Record<string, string>}
  | {type: 'start'; step: string}
  /** `line` is the state in one line of text, printed when it changes; `panel` is the same for a live screen. */
  | {type: 'progress'; step: string; line: string; panel?: Panel}
  | {type: 'done' | 'fail'; step: string; detail: string}
  | {type: 'note'; text: string}
  /** The work is about to ask somebody, and a plan for the rest will follow: whoever draws ends the picture. */
  | {type: 'pause'}
  /** A line that a program under way has written. */
  | {type: 'output'; text: string}
  /** How things are should the work end here, for whatever reason; a later one replaces it. */
  | {type: 'stands'; state: string; next: string[]}
  /** The lock that is left behind should fb be killed here; none again once it is free. */
  | {type: 'holds'; lock: string | undefined}

/** Long work: an async generator of events that returns its result. Nothing happens before it is pulled. */
export type Workflow<Result> = AsyncGenerator<Event, Result, void>

export const stands = (state: string, next: string[] = []): Event => ({type: 'stands', state, next})
