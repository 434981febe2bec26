// npm run bench: start-up, memory and size of fb, its work on a state in S3, the infrastructure's definition and logs, with the goals
// next to them. Options: --quick (fewer rounds), --smoke (only: does it start?), --cdktf-cli (installs it, 400 MB, to compare with).
import {execFileSync, spawnSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {benchInfra, firstWork} from './bench/infra.js'
import {benchLogSearch} from './bench/log-search.js'
import {benchLogTail} from './bench/log-tail.js'
import {benchLogs} from './bench/logs.js'
import {benchState} from './bench/state.js'
import {root} from './build.js'

const flags = process.argv.slice(2)
const rounds = flags.includes('--quick') ? 5 : 11
const home = mkdtempSync(join(tmpdir(), 'fb-bench-'))
process.once('exit', () => rmSync(home, {recursive: true, force: true}))
const places = {
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_STATE_HOME: join(home, 'state'),
  XDG_CONFIG_HOME: join(home, 'config'),
}
// A company's NODE_EXTRA_CA_CERTS costs every Node 20 process more than fb takes to start.
const env = {PATH: process.env.PATH, HOME: home, ...places, RSS_FILE: join(home, 'rss')}
const bin = join(root, 'bin/run.js')

const node = {name: 'node -e 0', command: [process.execPath, '-e', '0']}
const fb = (args, goal) => ({name: ['fb', ...args].join(' '), command: [process.execPath, bin, ...args], goal})
const version = fb(['--version'], 1.5)
const help = fb(['deploy', '--help'], 3)
const status = fb(['status', '--env', 'sandbox'], 4.5)
const cold = {...status, name: `${status.name}, no code cache`, goal: undefined, env: {FB_NO_CODE_CACHE: '1'}}
const aws = {name: 'aws --version', command: ['aws', '--version']}

const run = ({command: [file, ...args], env: more, cwd = home}) =>
  spawnSync(file, args, {cwd, env: {...env, ...more}, stdio: 'ignore'})
const starts = (subject) => run(subject).status === 0

if (flags.includes('--smoke')) smoke()
else await report()

function smoke() {
  for (const subject of [version, help]) {
    const ok = starts(subject)
    console.log(`${ok ? 'starts' : 'DOES NOT START'}: ${subject.name}`)
    if (!ok) process.exitCode = 1
  }
}

async function report() {
  const subjects = [node, version, fb(['--help'], 3), help, status, cold, ...(starts(aws) ? [aws] : [])].filter(starts)
  const medians = interleaved(subjects)
  const base = medians.get(node)
  line(`start-up, median of ${rounds}`, 'ms', 'ratio', 'goal')
  for (const subject of subjects) {
    const median = medians.get(subject)
    line(subject.name, median.toFixed(0), `${(median / base).toFixed(1)}x`, subject.goal ? `${subject.goal}x` : '')
  }
  line('')
  for (const subject of [help, status])
    line(`peak memory of ${subject.name}`, '', `${peak(subject).mib.toFixed(0)} MiB`, '70 MiB')
  for (const [name, figure, goal] of installed()) line(name, '', figure, goal)
  const far = await benchState({home, fb, starts, run, interleaved, peak, line})
  await benchInfra({home, fb, node, interleaved, line, withCli: flags.includes('--cdktf-cli')})
  if (far) firstWork({home, fb, run, line, place: far})
  await benchLogSearch({home, line})
  await benchLogs({home, line, rounds: Math.ceil(rounds / 4)})
  await benchLogTail({home, fb, peak, line})
}

/** Each once per round, so that a busy moment of the machine hits all of them; two rounds first to warm up. */
function interleaved(subjects, most = rounds) {
  const times = new Map(subjects.map((subject) => [subject, []]))
  for (let round = -2; round < most; round++) {
    for (const subject of subjects) {
      const start = performance.now()
      run(subject)
      if (round >= 0) times.get(subject).push(performance.now() - start)
    }
  }
  return new Map([...times].map(([subject, all]) => [subject, all.sort((a, b) => a - b)[all.length >> 1]]))
}

/** The process tells its own peak when it ends: the kernel's figure for a child starts at what its parent had. */
function peak({command: [file, ...args], ...subject}) {
  const reporter = join(root, 'scripts/peak-memory.cjs')
  const {status: code} = run({...subject, command: [file, '--require', reporter, ...args]})
  return {code, mib: Number(readFileSync(env.RSS_FILE, 'utf8')) / 1024}
}

function installed() {
  const npm = (...args) => execFileSync('npm', args, {cwd: root, stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8'})
  const [{filename, size}] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', home))
  npm('install', '--prefix', home, '--offline', '--no-save', join(home, filename))
  const modules = join(home, 'node_modules')
  const packages = readdirSync(modules).filter((name) => !name.startsWith('.'))
  const bytes = readdirSync(modules, {recursive: true}).reduce(
    (sum, file) => sum + statSync(join(modules, file)).size,
    0,
  )
  const {scripts = {}} = JSON.parse(readFileSync(join(modules, 'fastapi-bootstrap-cli/package.json'), 'utf8'))
  const hooks = Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))
  return [
    ['package to download', `${(size / 1e6).toFixed(1)} MB`, ''],
    ['package installed', `${(bytes / 1e6).toFixed(1)} MB`, '10 MB'],
    ['run-time dependencies', String(packages.length - 1), '0'],
    ['install scripts', String(hooks.length), '0'],
  ]
}

function line(name, ...figures) {
  console.log(`${name.padEnd(44)}${figures.map((figure) => figure.padStart(10)).join('')}`.trimEnd())
}
