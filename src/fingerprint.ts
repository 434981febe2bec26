import {createHash} from 'node:crypto'

/** What an object must read back as. */
export type Fingerprint = {sha256: string; md5: string; bytes: number}

/** Reads the chunks to their end and keeps none of them. */
export async function fingerprintOf(chunks: AsyncIterable<Buffer> | Buffer[]): Promise<Fingerprint> {
  const hashes = {sha256: createHash('sha256'), md5: createHash('md5')}
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    for (const hash of Object.values(hashes)) hash.update(chunk)
  }
  return {sha256: hashes.sha256.digest('hex'), md5: hashes.md5.digest('hex'), bytes}
}

/** What Terraform compares a state with. */
export const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex')
