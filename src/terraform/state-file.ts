import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {FbError} from '../errors.js'
import type {Edit} from '../state/edit.js'
import type {Terraform} from './binary.js'
import {complaint, type Parent, type Ran, run} from './child.js'
import {noRoom, withScratch} from './scratch.js'

/** Terraform needs some 0.2 s for a MB, and one that hangs needs for ever. */
const patienceFor = ({length}: Buffer) => 60_000 + length / 1000

/**
 * The state that Terraform makes of these bytes. It works on a copy, without backend, provider or credentials, in some 50 ms:
 * Ctrl-C is heard before and after it, and when it hangs it can be killed.
 */
export async function editFile(
  {path, product}: Terraform,
  bytes: Buffer,
  edit: Edit,
  {parent, signal, patience = patienceFor(bytes)}: {parent: Parent; signal: AbortSignal; patience?: number},
): Promise<Buffer> {
  return withScratch(parent, async (directory) => {
    const [file, backup] = [join(directory, 'state'), join(directory, 'backup')]
    // Terraform would make its backup readable for everybody.
    await Promise.all([write(file, bytes), write(backup, '')])
    const options = ['-no-color', `-state=${file}`, `-backup=${backup}`]
    for (const [verb, ...addresses] of portionsOf(edit)) {
      signal.throwIfAborted()
      const ran = await run(path, ['state', verb, ...options, ...addresses], {cwd: directory, parent, ms: patience})
      if (ran.code !== 0) throw failed(product, ran, patience)
    }
    return readFile(file)
  })
}

/** Bytes of arguments that every system takes, beside an environment of any size. */
const MOST = 128 * 1024

/** An edit of thousands of addresses as several that each fit on a command line. */
function portionsOf(edit: Edit): Edit[] {
  if (edit[0] === 'mv') return [edit]
  const portions: ['rm', ...addresses: string[]][] = [['rm']]
  let bytes = 0
  for (const address of edit.slice(1)) {
    bytes += Buffer.byteLength(address) + 1
    if (bytes > MOST) {
      portions.push(['rm'])
      bytes = Buffer.byteLength(address) + 1
    }
    portions.at(-1)!.push(address)
  }
  return portions
}

function failed(product: string, ran: Ran, patience: number): FbError {
  const said = (message: string, because: string[]) =>
    new FbError(`${product} ${message}`, {code: 'terraform_failed', because, state: 'Nothing was changed.'})
  if (ran.late) return said('did not end.', [`killed after ${Math.round(patience / 100) / 10} s`])
  if (ran.code === null) return said('was killed.', ['not by fb: by somebody, or by this machine for want of memory'])
  return said('refused to change the state.', complaint(ran))
}

const write = (file: string, content: Buffer | string) =>
  writeFile(file, content, {mode: 0o600}).catch((error: unknown) => {
    throw noRoom(error)
  })
