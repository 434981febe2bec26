/** A log event as CloudWatch has it. Times in ms since 1970. */
export type LogEvent = {
  /** Unique within CloudWatch; only FilterLogEvents gives it. */
  id: string
  at: number
  ingestedAt: number
  group: string
  stream: string
  message: string
}

/** Whose stream it is: the awslogs driver of ECS names it `prefix/container/task`. */
export function writerOf(stream: string): {container?: string; task?: string} {
  const parts = stream.split('/')
  return parts.length < 3 ? {} : {container: parts.at(-2), task: parts.at(-1)}
}
