import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'

import {FbError} from '../errors.js'
import {textOf} from './text.js'

type Surroundings = {
  env: NodeJS.ProcessEnv
  /** Until it is called back, Ctrl-C is the editor's. */
  hold(): () => void
  /** What the file is called: editors show it. */
  name: string
}

/** Lets a person edit a text. Its file is theirs alone, on a RAM disk where there is one, and gone however fb ends. */
export async function editText(text: string, {env, hold, name}: Surroundings): Promise<string> {
  const directory = mkdtempSync(join(placeFor(env), 'fb-edit-'))
  const janitor = removedWithUs(directory)
  const release = hold()
  try {
    const file = join(directory, name.replace(/[^\w.-]/g, '_'))
    writeFileSync(file, text, {mode: 0o600, flag: 'wx'})
    await edit(file, env)
    return textOf(readFileSync(file), 'What you typed')
  } finally {
    release()
    rmSync(directory, {recursive: true, force: true})
    janitor.stdin?.end()
  }
}

function placeFor(env: NodeJS.ProcessEnv): string {
  const memory = env.XDG_RUNTIME_DIR
  try {
    if (memory) accessSync(memory, constants.W_OK | constants.X_OK)
    return memory || tmpdir()
  } catch {
    return tmpdir()
  }
}

/** The pipe closes when fb ends, killed too: then the directory goes. A session of its own, so that no signal of the terminal ends it before. */
function removedWithUs(directory: string): ChildProcess {
  const script = 'trap "" INT TERM HUP; cat >/dev/null; rm -rf -- "$0"'
  const janitor = spawn('/bin/sh', ['-c', script, directory], {detached: true, stdio: ['pipe', 'ignore', 'ignore']})
  janitor.stdin?.on('error', () => {})
  janitor.unref()
  return janitor
}

async function edit(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const editor = env.VISUAL || env.EDITOR || 'vi'
  const flags = isVim(editor) ? ` -n -i NONE -c '${UNKEPT}'` : ''
  const surroundings = flags ? env : {...env, VIMINIT: initFor(env)}
  const child = spawn('/bin/sh', ['-c', `${editor}${flags} "$0"`, file], {stdio: 'inherit', env: surroundings})
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (code === 0) return
  throw new FbError(`The editor ended with ${signal ?? code}.`, {
    code: 'editor',
    because: [`It is ${editor}, from ${env.VISUAL ? 'VISUAL' : env.EDITOR ? 'EDITOR' : 'no variable'}.`],
    state: 'Nothing was changed.',
    next: ['export EDITOR=nano', '--stdin'],
  })
}

/** Names that vim goes by. Only those are asked for their version: whatever else EDITOR is might edit a file of that name. */
const VIMS = /^(editor|ex|e?vi|nvim|[egr]*(vim|view|vimdiff))(\.\w+)?$/

/**
 * Vim would keep what it edits in its swap file, its backups, its undo files and its registers. Set after the person's own
 * settings, which may ask for them.
 */
const UNKEPT = 'set noundofile nobackup nowritebackup noswapfile viminfo='

function isVim(editor: string): boolean {
  const program = editor.split(/\s+/).find((word) => word && !/^\w+=/.test(word)) ?? ''
  if (!VIMS.test(basename(program))) return false
  const version = spawnSync(program, ['--version'], {timeout: 3000}).stdout?.toString() ?? ''
  return /^N?VIM\b/m.test(version)
}

/** Where neovim and vim look for a person's settings (:help init.vim, :help vimrc); the last is what they have without any. */
const NEOVIM = ["stdpath('config').'/init.lua'", "stdpath('config').'/init.vim'"]
const VIM = [
  '~/.vimrc',
  '~/.vim/vimrc',
  '$XDG_CONFIG_HOME/vim/vimrc',
  '~/.config/vim/vimrc',
  '$VIMRUNTIME/defaults.vim',
]

const SETTINGS = `has('nvim') ? [${NEOVIM}] : map(['${VIM.join("','")}'], 'expand(v:val)')`

/** Within `if 1` for a vim that can do no more than edit: it leaves that out. */
const READ_SETTINGS = [
  `if 1 | for file in ${SETTINGS}`,
  "if filereadable(file) | let $MYVIMRC = file | execute 'source' fnameescape(file) | break | endif",
  'endfor | endif',
].join(' | ')

/** For a vim that a program of another name starts. It does what VIMINIT says instead of reading those settings. */
const initFor = ({VIMINIT}: NodeJS.ProcessEnv): string =>
  [VIMINIT || READ_SETTINGS, UNKEPT, `if 1 | execute 'autocmd VimEnter * ${UNKEPT}' | endif`].join('\n')
