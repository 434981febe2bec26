import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, it} from 'vitest'

import {editText} from '../../src/local/editor.js'

const names = ['vim', 'vi', 'vim.basic', 'view', 'editor', 'nvim'].filter((name) =>
  /^N?VIM/.test(spawnSync(name, ['--version']).stdout?.toString() ?? ''),
)

/** Everything that a vim which is set up to remember everything leaves behind. */
async function leftBy(program: string): Promise<string[]> {
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
