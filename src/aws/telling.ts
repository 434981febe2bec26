type Calls<Send> = {read: Send; write: Send}

/** The same calls, whose errors `told` turns into what the domain can name; others it gives back as they are. */
export function telling<Send>({read, write}: Calls<Send>, told: (error: Error) => Error): Calls<Send> {
  const wrap = (send: Send): Send =>
    ((command: unknown) =>
      (send as (command: unknown) => Promise<unknown>)(command).catch((error) => {
        throw told(error)
      })) as Send
  return {read: wrap(read), write: wrap(write)}
}
