// Loads dist/ by way of V8's code cache, which halves fb's start-up. Node 20 has no module.enableCompileCache, and what is kept here
// is more: it is written when the process ends, so the functions that were compiled on the way are in it. Whatever goes wrong with the
// cache, fb runs without it.
const {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs')
const {createRequire, wrap} = require('node:module')
const {homedir} = require('node:os')
const {dirname, join, relative, resolve} = require('node:path')
const {Script} = require('node:vm')

const DAY = 86_400_000
const dist = join(__dirname, '../dist')
const native = createRequire(join(dist, 'start.cjs'))
const modules = new Map()
const scripts = new Map()
const directory = process.env.FB_NO_CODE_CACHE ? undefined : attempt(cacheDirectory)

if (directory) process.once('exit', () => attempt(save))

/** The exports of a file in dist/. */
exports.load = function load(file) {
  const known = modules.get(file)
  if (known) return known.exports
  const module = {exports: {}, filename: file, id: file}
  modules.set(file, module)
  compile(file).runInThisContext()(module.exports, requireFrom(file), module, file, dirname(file))
  return module.exports
}

function compile(filename) {
  const cachedData = directory && attempt(() => unseal(readFileSync(cacheFile(filename))))
  const script = new Script(wrap(readFileSync(filename, 'latin1')), {filename, cachedData})
  scripts.set(filename, {script, cached: script.cachedDataRejected ? 0 : (cachedData?.length ?? 0)})
  return script
}

/** require() for a file of dist/: its siblings by way of the cache, everything else from Node. */
function requireFrom(file) {
  const require = (id) => (id.endsWith('.cjs') ? exports.load(resolve(dirname(file), id)) : native(id))
  return Object.assign(require, native)
}

/** One directory for each build and Node. What others may write to is not used: it would be running their code. */
function cacheDirectory() {
  const build = readFileSync(join(dist, 'build-id'), 'latin1')
  const home = process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), '.cache')
  const path = join(home, 'fb/code', `${build}-${process.version}-${process.arch}`)
  const {uid, mode} = lstatSync(path, {throwIfNoEntry: false}) ?? {}
  const ours = uid === undefined || (uid === process.getuid() && (mode & 0o077) === 0)
  return ours ? path : undefined
}

const cacheFile = (file) => join(directory, relative(dist, file).replaceAll('/', '~'))

/** Adds what this run compiled, the first time these files are used together. After a minute V8 has begun to drop code again. */
function save() {
  const together = `${cacheFile([...scripts.keys()].at(-1))}.${scripts.size}`
  const complete = [...scripts.values()].every(({cached}) => cached > 0)
  if ((complete && statSync(together, {throwIfNoEntry: false})) || process.uptime() > 60) return
  if (makeDirectory(directory)) removeOld(dirname(directory))
  for (const [file, {script, cached}] of scripts) {
    const data = script.createCachedData()
    if (data.length > cached) replace(cacheFile(file), seal(data))
  }
  replace(together, '')
}

/** Parent by parent: mkdir's own `recursive` never ends below a folder such as /proc, which takes no new ones. */
function makeDirectory(path) {
  if (statSync(path, {throwIfNoEntry: false})) return false
  makeDirectory(dirname(path))
  mkdirSync(path, {mode: 0o700})
  return true
}

function replace(file, data) {
  const unfinished = `${file}.${process.pid}`
  writeFileSync(unfinished, data, {mode: 0o600})
  renameSync(unfinished, file)
}

function removeOld(parent) {
  const old = readdirSync(parent).filter((name) => Date.now() - lstatSync(join(parent, name)).mtimeMs > 30 * DAY)
  for (const name of old) rmSync(join(parent, name), {recursive: true, force: true})
}

/** V8 does not check what it is given, and a damaged cache would crash Node. So it is kept twice, and two that differ are not used. */
const seal = (data) => Buffer.concat([data, data])

function unseal(sealed) {
  const data = sealed.subarray(0, sealed.length / 2)
  return data.length > 0 && data.equals(sealed.subarray(data.length)) ? data : undefined
}

function attempt(work) {
  try {
    return work()
  } catch {
    return undefined
  }
}
