import {execFileSync, spawn} from 'node:child_process'
import type {AddressInfo} from 'node:net'
import {createServer} from 'node:net'
import type {TestProject} from 'vitest/node'

import {providerMirror} from './provider-mirror.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where an AWS of an independent author answers; undefined where it is not installed. */
    moto: string | undefined
    terraform: boolean
    /** Where Terraform finds the AWS provider without a network. */
    providerMirror: string | undefined
  }
}

/** Starts moto once for all tests. Nobody waits here until it answers: most runs do not need it. */
export async function setup({provide}: TestProject) {
  provide('terraform', installed('terraform'))
  provide('providerMirror', providerMirror())
  if (!installed('moto_server')) return
  const {url, end} = await startMoto()
  provide('moto', url)
  return end
}

/** moto, with what its environment says beside ours. It answers seconds later. */
export async function startMoto(env: NodeJS.ProcessEnv = {}) {
  const port = await freePort()
  // The pipe closes however this process ends, killed too, and moto ends with it.
  const script = 'moto_server -p "$0" >/dev/null 2>&1 & cat >/dev/null; kill $!'
  const moto = spawn('sh', ['-c', script, String(port)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {...process.env, ...env},
  })
  return {url: `http://127.0.0.1:${port}`, end: () => void moto.stdin.end()}
}

function installed(program: string): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v "$0"', program], {stdio: 'ignore'})
    return true
  } catch {
    return false
  }
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const {port} = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
