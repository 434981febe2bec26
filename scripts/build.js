// Bundles src/ into dist/. Plain Node and esbuild, so that `npm ci` can run it before anything else is there.
import {createHash} from 'node:crypto'
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build, transform} from 'esbuild'

import {hookZips} from './hooks.js'
import {lighter} from './lighter.js'
import {notices} from './notices.js'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** src/commands/sandbox/reset.ts is `sandbox:reset`. */
export const commandIds = () =>
  readdirSync(join(root, 'src/commands'), {recursive: true})
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, '').replaceAll('/', ':'))
    .sort()

const sourceOf = (id) => `src/commands/${id.replaceAll(':', '/')}.ts`
const outputOf = (id) => `commands/${id.replaceAll(':', '-')}`

/** Everything in dist/ as {path: content}, and esbuild's record of what went where. */
export async function bundle() {
  const entries = Object.fromEntries(commandIds().map((id) => [outputOf(id), sourceOf(id)]))
  const {outputFiles, metafile} = await build({
    absWorkingDir: root,
    entryPoints: {
      ...entries,
      start: 'src/start.ts',
      help: 'src/help.ts',
      'command-not-found': 'src/hooks/command-not-found.ts',
    },
    outdir: 'dist',
    outExtension: {'.js': '.cjs'},
    chunkNames: 'parts/[name]-[hash]',
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    splitting: true,
    bundle: true,
    mainFields: ['module', 'main'],
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: 'none',
    define: {'process.env.NODE_ENV': '"production"'},
    plugins: [lighter],
    metafile: true,
    write: false,
    logLevel: 'warning',
  })
  const files = await Promise.all(
    outputFiles.map(async ({path, text}) => [path.slice(join(root, 'dist/').length), await commonJs(text)]),
  )
  return {
    files: {
      ...Object.fromEntries(files),
      ...(await hookZips(root)),
      'commands.cjs': commandsTable(),
      'notices.txt': notices(root, metafile),
    },
    metafile,
  }
}

/** Code from V8's cache cannot do a native import(), so that becomes require() too. ASCII is what reads fastest; esbuild leaves regexes. */
async function commonJs(text) {
  const {code} = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    supported: {'dynamic-import': false},
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
  })
  return code.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A command is loaded when it is looked up by its id, and no other with it. */
function commandsTable() {
  const getters = commandIds().map((id) => `  get '${id}'() { return require('./${outputOf(id)}.cjs').default },\n`)
  return `exports.COMMANDS = {\n${getters.join('')}}\n`
}

export function write(files, directory) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, dirname(path)), {recursive: true})
    writeFileSync(join(directory, path), text)
  }
}

/** Puts a finished dist/ in place of the old one in one step, and not at all when it is the same: others may be running it. */
function replace(files) {
  const id = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16)
  const dist = join(root, 'dist')
  if (readIfThere(join(dist, 'build-id')) === id) return
  const [fresh, old] = ['new', 'old'].map((name) => join(root, `.dist-${name}-${process.pid}`))
  write({...files, 'build-id': id}, fresh)
  try {
    renameSync(dist, old)
  } catch {}
  renameSync(fresh, dist)
  rmSync(old, {recursive: true, force: true})
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) replace((await bundle()).files)
