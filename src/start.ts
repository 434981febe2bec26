import {run} from '@oclif/core'

import pjson from '../package.json' with {type: 'json'}

/** From argv to a finished command. Nothing that the SDK, a prompt or the sandbox needs is loaded here. */
export async function start(argv: string[], root: string): Promise<void> {
  Object.assign(process.env, {AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', FB_DISABLE_THEME: 'true'})
  process.stdout.on('error', (error: NodeJS.ErrnoException) => closed(error, () => process.exit()))
  process.stderr.on('error', (error: NodeJS.ErrnoException) => closed(error, () => {}))
  process.on('uncaughtException', (error) => fail(error, argv).finally(() => process.exit()))
  const options = {root, pjson: pjson as never, userPlugins: false, devPlugins: false}
  await run(argv, options).catch((error) => fail(error, argv))
}

/** The reader has left (`fb status | head -1`), or the terminal is gone: the result was all there was to say on stdout. */
function closed(error: NodeJS.ErrnoException, then: () => void): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  then()
}

/** What no command could catch: there is no such command, or a bug. */
async function fail(error: unknown, argv: string[]): Promise<void> {
  // Holds even when fb cannot say any more: half of it was replaced by an update, or the disk is gone.
  process.exitCode = 1
  const [{explain}, {Voice}] = await Promise.all([import('./errors.js'), import('./terminal/voice.js')])
  const failure = explain(error)
  process.exitCode = failure.exitCode
  const json = argv.slice(0, [...argv, '--'].indexOf('--')).includes('--json')
  new Voice({argv, json, env: process.env}).fail(failure, 'fb')
}
