import {execFileSync, spawn} from 'node:child_process'
import type {AddressInfo} from 'node:net'
import {createServer} from 'node:net'
import type {TestProject} from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where an AWS of an independent author answers; undefined where it is not installed. */
    moto: string | undefined
    terraform: boolean
  }
}

/** Starts moto once for all tests. Nobody waits here until it answers: most runs do not need it. */
export async function setup({provide}: TestProject) {
  provide('terraform', installed('terraform'))
  if (!installed('moto_server')) return
  const port = await freePort()
  provide('moto', `http://127.0.0.1:${port}`)
  // The pipe closes however this process ends, killed too, and moto ends with it.
  const script = 'moto_server -p "$0" >/dev/null 2>&1 & cat >/dev/null; kill $!'
  const moto = spawn('sh', ['-c', script, String(port)], {stdio: ['pipe', 'ignore', 'ignore']})
  return () => moto.stdin.end()
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
