/** A log event as CloudWatch has it. Times in ms since 1970. */
export type LogEvent = {
  /** Unique within CloudWatch; only FilterLogEvents gives it. Empty in what Live Tail tells. */
  id: string
  at: number
  ingestedAt: number
  group: string
  stream: string
  message: string
}

/** Whose stream it is: the awslogs driver of ECS names it `prefix/container/task`. */
export function writerOf(stream: string): {container?: string; task?: string} {
  const end = stream.lastIndexOf('/')
  const start = stream.lastIndexOf('/', end - 1)
  return end > 0 && start > 0 ? {container: stream.slice(start + 1, end), task: stream.slice(end + 1)} : {}
}
