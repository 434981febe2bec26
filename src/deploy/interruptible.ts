/** The values until the signal comes; one that is on its way then is not waited for. */
export async function* interruptible<T>(
  values: AsyncGenerator<T, void, void>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const raised = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), {once: true})
  })
  try {
    for (;;) {
      const coming = values.next()
      const next = await Promise.race([raised, coming])
      if (!next) coming.catch(() => {})
      if (!next || next.done) return
      yield next.value
    }
  } finally {
    // It ends when it has what it waits for; nobody needs that any more.
    values.return().catch(() => {})
  }
}
