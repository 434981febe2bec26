import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'

import {editText} from '../../src/local/editor.js'

const names = ['vim', 'vi', 'vim.basic', 'view', 'editor', 'nvim'].filter((name) =>
  /^N?VIM/.test(spawnSync(name, ['--version']).stdout?.toString() ?? ''),
)

/** Everything that a vim which is set up to remember everything leaves behind. */
async function leftBy(program: string, more: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const home = mkdtempSync(join(tmpdir(), 'fb-vim-'))
  try {
    for (const kept of ['undo', 'backup', 'swap', 'run']) mkdirSync(join(home, kept))
    const settings = [
      `set undofile undodir=${home}/undo`,
      `set backup writebackup backupdir=${home}/backup`,
      `set swapfile updatecount=1 directory=${home}/swap`,
      `set viminfo='100,n${home}/viminfo`,
      "autocmd VimEnter * call append(0, 'canary') | write! | call append(0, 'more') | wq!",
    ]
    writeFileSync(join(home, '.vimrc'), settings.join('\n'))
    const env = {
      ...process.env,
      HOME: home,
      XDG_RUNTIME_DIR: join(home, 'run'),
      TERM: 'dumb',
      EDITOR: `${program} --not-a-term`,
      ...more,
    }
    expect(await editText('old\n', {env, hold: () => () => {}, name: 'TOKEN'})).toContain('canary')
    return ['undo', 'backup', 'swap', 'run']
      .flatMap((kept) => readdirSync(join(home, kept)))
      .concat(readdirSync(home).filter((name) => name.includes('viminfo')))
  } finally {
    rmSync(home, {recursive: true, force: true})
  }
}

it.runIf(names.length > 0)(
  'leaves nothing behind in vim by any of its names, whatever its own settings ask for',
  async () => {
    for (const program of names) expect({program, left: await leftBy(program)}).toEqual({program, left: []})
  },
)

/** A program of another name that starts vim. */
function scriptFor(program: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'fb-vim-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  const script = join(directory, 'my-editor')
  writeFileSync(script, `#!/bin/sh\nexec ${program} "$@"\n`, {mode: 0o700})
  return script
}

it.runIf(names.length > 0)('leaves nothing behind in a vim that a script starts, with its own settings', async () => {
  for (const program of names) {
    const script = scriptFor(program)
    expect({program, left: await leftBy(script)}).toEqual({program, left: []})
    expect({program, left: await leftBy(script, {VIMINIT: 'source ~/.vimrc'})}).toEqual({program, left: []})
  }
})
