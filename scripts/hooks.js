// The zips of the hook functions. Stored, not deflated, and without times: every build on every Node makes the same bytes.
import {crc32} from 'node:zlib'
import {build} from 'esbuild'

/** {path in dist/: bytes}. The AWS SDK is in Lambda's runtime. */
export async function hookZips(root) {
  const {outputFiles} = await build({
    absWorkingDir: root,
    entryPoints: ['infra/lambda/check.ts', 'infra/lambda/migration.ts'],
    outdir: 'hooks',
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['@aws-sdk/*'],
    legalComments: 'none',
    write: false,
    logLevel: 'warning',
  })
  return Object.fromEntries(
    outputFiles.map(({path, contents}) => [
      `hooks/${path.split('/').at(-1).replace(/js$/, 'zip')}`,
      zip({'index.js': contents}),
    ]),
  )
}

const VERSION = 20
const FIRST_OF_1980 = (1 << 5) | 1
const READABLE = (0o100644 << 16) >>> 0

/** A zip archive of {name: bytes} (APPNOTE.TXT 4.3: local headers with their data, central directory, its end). */
export function zip(files) {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))
  const locals = []
  const directory = []
  let offset = 0
  for (const [name, bytes] of entries) {
    const common = header(name, bytes)
    const local = Buffer.concat([uints([0x04034b50, 4]), common, Buffer.from(name), bytes])
    directory.push(
      uints([0x02014b50, 4], [(3 << 8) | VERSION, 2]),
      common,
      uints([0, 2], [0, 2], [0, 2], [READABLE, 4], [offset, 4]),
      Buffer.from(name),
    )
    locals.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const count = entries.length
  const end = uints([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [central.length, 4], [offset, 4], [0, 2])
  return Buffer.concat([...locals, central, end])
}

/** What the local header and the directory both say of a file. */
const header = (name, bytes) =>
  uints(
    [VERSION, 2],
    [0, 2],
    [0, 2],
    [0, 2],
    [FIRST_OF_1980, 2],
    [crc32(bytes), 4],
    [bytes.length, 4],
    [bytes.length, 4],
    [Buffer.byteLength(name), 2],
    [0, 2],
  )

function uints(...fields) {
  const buffer = Buffer.alloc(fields.reduce((sum, [, size]) => sum + size, 0))
  let at = 0
  for (const [value, size] of fields) at = buffer.writeUIntLE(value, at, size)
  return buffer
}
