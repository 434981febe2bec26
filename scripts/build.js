// Bundles src/ into dist/. Plain Node and esbuild, so that `npm ci` can run it before anything else is there.
import {createHash} from 'node:crypto'
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build, transform} from 'esbuild'

import {notices} from './notices.js'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Packages loaded for features fb does not have, each with the few lines that keep its user (oclif, inquirer) going without it. */
const replaced = {
  '@inquirer/external-editor': 'module.exports = {}',
  // DEBUG=* makes oclif print argv, and argv can hold secrets.
  debug: 'module.exports = () => Object.assign(() => {}, {enabled: false})',
  'cli-spinners': 'module.exports = {dots2: {frames: []}}',
  ejs: 'module.exports = {render: (text) => text}',
  'get-package-type': 'module.exports = {sync: () => "commonjs"}',
  lilconfig: 'module.exports = {}',
  minimatch: 'module.exports = {}',
  semver: 'module.exports = {satisfies: () => true}',
  tinyglobby: 'module.exports = {}',
  typescript: 'module.exports = {}',
  'wsl-utils': 'module.exports = {isWsl: false}',
}

const lighter = {
  name: 'lighter',
  setup({onResolve, onLoad}) {
    const names = new RegExp(`^(${Object.keys(replaced).join('|')})$`)
    onResolve({filter: names}, ({path, importer}) =>
      /\/(@oclif\/core|@inquirer)\//.test(importer) ? {path, namespace: 'lighter'} : undefined,
    )
    onLoad({filter: /./, namespace: 'lighter'}, ({path}) => ({contents: replaced[path]}))
  },
}

/** src/commands/sandbox/reset.ts is `sandbox:reset`. */
export const commandIds = () =>
  readdirSync(join(root, 'src/commands'), {recursive: true})
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, '').replaceAll('/', ':'))
    .sort()

const sourceOf = (id) => `src/commands/${id.replaceAll(':', '/')}.ts`
const outputOf = (id) => `commands/${id.replaceAll(':', '-')}`

/** Everything in dist/ as {path: text}, and esbuild's record of what went where. */
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
    files: {...Object.fromEntries(files), 'commands.cjs': commandsTable(), 'notices.txt': notices(root, metafile)},
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
