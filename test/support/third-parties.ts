import {execFileSync, spawn, spawnSync} from 'node:child_process'
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
    /** A directory that Terraform can install hashicorp/aws from; undefined where there is none. */
    providers: string | undefined
  }
}

/** Starts moto once for all tests. Nobody waits here until it answers: most runs do not need it. */
export async function setup({provide}: TestProject) {
  provide('terraform', installed('terraform'))
  provide('providerMirror', providerMirror())
  provide('providers', mirror())
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

/** Where system-wide programs are, a mirror of providers is told by the names of its directories. */
function mirror(): string | undefined {
  const name = 'registry.terraform.io/hashicorp/aws'
  const args = ['/opt', '/usr/share', '/usr/local', '-maxdepth', '6', '-type', 'd', '-path', `*/${name}`]
  const {stdout} = spawnSync('find', args, {encoding: 'utf8'})
  return stdout?.split('\n')[0]?.replace(`/${name}`, '') || undefined
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
