import {createHash} from 'node:crypto'
import {crc32} from 'node:zlib'
import {s3Error} from './objects.js'
import type {Version} from './storage.js'

const digest = (algorithm: string) => (bytes: Buffer) => createHash(algorithm).update(bytes).digest('base64')

function crc(bytes: Buffer): string {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(crc32(bytes))
  return four.toString('base64')
}

/** The checksums S3 keeps with an object; those that Node cannot work out are believed. */
const checksums = {
  ChecksumCRC32: crc,
  ChecksumCRC32C: undefined,
  ChecksumCRC64NVME: undefined,
  ChecksumSHA1: digest('sha1'),
  ChecksumSHA256: digest('sha256'),
}
type Sums = {ContentMD5?: string} & {[K in keyof typeof checksums]?: string}
const algorithms = Object.keys(checksums) as (keyof typeof checksums)[]

/** Refuses bytes that are not what the sender says. */
export function verify(bytes: Buffer, input: Sums): void {
  if (input.ContentMD5 && input.ContentMD5 !== digest('md5')(bytes))
    throw s3Error('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.')
  const wrong = algorithms.find((name) => input[name] && checksums[name] && checksums[name](bytes) !== input[name])
  if (!wrong) return
  const text = `The ${wrong.replace('Checksum', '')} you specified did not match the calculated checksum.`
  throw s3Error('BadDigest', 400, text)
}

export const checksumsOf = (input: Sums) =>
  Object.fromEntries(algorithms.flatMap((name) => (input[name] ? [[name, input[name]]] : [])))

export const checksumType = ({checksums: own = {}}: Pick<Version, 'checksums'>) =>
  Object.keys(own).length ? {ChecksumType: 'FULL_OBJECT' as const} : {}
