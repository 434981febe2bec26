// Pictures of fb's screens for the README, from real runs in a real terminal: npm run screens
import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import pty from '@lydell/node-pty'
import xterm from '@xterm/headless'

import {svgOf} from './screen-svg.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'bin/run.js')
const home = mkdtempSync(join(tmpdir(), 'fb-screens-'))
const env = {
  ...process.env,
  HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  TZ: 'UTC',
  LANG: 'C.UTF-8',
  FORCE_COLOR: undefined,
  NO_COLOR: undefined,
}

const fb = (...args) => execFileSync(process.execPath, [bin, ...args], {cwd: home, env, stdio: 'ignore'})

/** Shows `fb ...args` until `seen` is on the screen or fb has ended, and makes a picture of that moment. */
async function picture(name, args, {seen, columns = 88, rows = 60} = {}) {
  const command = `fb ${args.map((arg) => (arg.includes(' ') ? `"${arg}"` : arg)).join(' ')}`
  const screen = new xterm.Terminal({cols: columns, rows, allowProposedApi: true})
  screen.write(`\u001b[32m$\u001b[39m \u001b[1m${command}\u001b[22m\r\n`)
  const child = pty.spawn(process.execPath, [bin, ...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: home,
    env,
  })
  await new Promise((resolve) => {
    child.onData((data) => screen.write(data, () => seen?.test(textOf(screen)) && resolve()))
    child.onExit(() => screen.write('', resolve))
  })
  // Drawn before fb goes on, and lets go of the sandbox before the next picture.
  const svg = svgOf(screen, textOf(screen).split('\n').length, command.split(' --')[0])
  if (seen && !seen.test(textOf(screen))) throw new Error(`${name}: ${seen} was not seen:\n${textOf(screen)}`)
  child.kill('SIGKILL')
  const file = join(root, 'docs/screens', `${name}.svg`)
  writeFileSync(file, svg)
  process.stdout.write(`${file} ${svg.length} bytes\n`)
}

const textOf = ({buffer, rows}) =>
  Array.from({length: rows}, (_, y) => buffer.active.getLine(y).translateToString(true))
    .join('\n')
    .trimEnd()

/** An application's repository with commits between the two releases, so that the plan has something to say. */
function repository() {
  const date = '2025-11-03T10:00:00Z'
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=Maria', '-c', 'user.email=maria@example.com', ...args], {
      cwd: home,
      env: {...env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date},
      stdio: 'ignore',
    })
  git('init', '--quiet')
  const commit = (subject) => git('commit', '--quiet', '--allow-empty', '-m', subject)
  commit('Keep search results in memory for a minute')
  git('tag', '1.0.0')
  commit('Answer /health before the database is warm')
  commit('Search by author as well')
  git('tag', '1.1.0')
}

const site = ['--env', 'sandbox']
const good = ['deploy', ...site, '--tag', '1.1.0']

try {
  mkdirSync(join(root, 'docs/screens'), {recursive: true})
  repository()
  fb('sandbox', 'reset', '--speed', '0')
  await picture('pick', ['deploy', ...site], {seen: /select/})
  await picture('plan', [...good, '--set-env', 'LOG_LEVEL=debug', '--cpu', '1024', '--memory', '2048'], {seen: /y\/N/})
  await picture('failure', ['deploy', ...site, '--tag', '1.2.0-crash', '--yes'])
  fb('sandbox', 'reset', '--speed', '0')
  fb(...good, '--yes', '--wait', 'started', '--message', 'search by author')
  fb('sandbox', 'advance', '6m')
  await picture('status', ['status', ...site], {columns: 100})
  fb('sandbox', 'reset', '--speed', '120')
  fb('state', 'backup', ...site, '--to', './before-the-cleanup.tfstate')
  fb('state', 'rm', 'module.monitoring', ...site, '--yes')
  await picture('restore', ['state', 'restore', './before-the-cleanup.tfstate', ...site], {seen: /Type/})
  await picture('watch', [...good, '--yes'], {seen: /Green.* 40 %[\s\S]*Next/})
} finally {
  rmSync(home, {recursive: true, force: true})
}
