import {run} from '@oclif/core'

import pjson from '../package.json' with {type: 'json'}

/** From argv to a finished command. Nothing that the SDK, a prompt or the sandbox needs is loaded here. */
export async function start(argv: string[], root: string): Promise<void> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  process.stdout.on('error', (error: NodeJS.ErrnoException) => closed(error, () => process.exit()))
  process.stderr.on('error', (error: NodeJS.ErrnoException) => closed(error, () => {}))
  const failed = (error: unknown) => fail(error, argv)
  process.on('uncaughtException', failed)
  await run(argv, {root, pjson: pjson as never, userPlugins: false, devPlugins: false}).catch(failed)
}

/** The reader has left (`fb status | head -1`): the result was all there was to say on stdout. */
function closed(error: NodeJS.ErrnoException, then: () => void): void {
  if (error.code !== 'EPIPE') throw error
  then()
}

/** What no command could catch: there is no such command, or a bug. */
async function fail(error: unknown, argv: string[]): Promise<void> {
  const [{explain}, {errorText}, {canvasFor, hasColour}, {safeJson}] = await Promise.all([
    import('./errors.js'),
    import('./terminal/failure.js'),
    import('./terminal/colours.js'),
    import('./terminal/safe.js'),
  ])
  const failure = explain(error)
  const asked = (flag: string) => argv.slice(0, [...argv, '--'].indexOf('--')).includes(flag)
  process.exitCode = failure.exitCode
  const {code, message, next, cause} = failure
  if (asked('--json')) process.stdout.write(`${safeJson({error: {code, message, next}}, 2)}\n`)
  else {
    const canvas = canvasFor(process.stderr, hasColour(process.stderr, !asked('--no-color'), process.env))
    process.stderr.write(`${errorText(failure, canvas).join('\n')}\n`)
  }
  if (asked('--verbose') && cause instanceof Error) process.stderr.write(`${cause.stack}\n`)
}
