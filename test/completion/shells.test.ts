import {spawnSync} from 'node:child_process'
import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'

import {bash} from '../../src/completion/bash.js'
import {fish} from '../../src/completion/fish.js'
import {type CommandLike, type Place, places} from '../../src/completion/places.js'
import {zsh} from '../../src/completion/zsh.js'

const odd = 'It\'s "100 %" [odd] \\ `x` $HOME (aside: not shown). More.'
const command = (id: string, rest: Partial<CommandLike> = {}): CommandLike => ({
  id,
  description: odd,
  flags: {},
  args: {},
  ...rest,
})
const known = places(
  [
    command('completion', {args: {shell: {options: ['bash', 'zsh', 'fish']}}}),
    command('deploy', {
      flags: {
        env: {name: 'env', char: 'e', type: 'option', description: odd},
        tag: {name: 'tag', type: 'option'},
        wait: {name: 'wait', type: 'option', options: ['started', 'complete']},
        'dry-run': {name: 'dry-run', type: 'boolean', description: odd},
        shy: {name: 'shy', type: 'boolean', hidden: true},
      },
    }),
    command('help'),
    command('sandbox:reset'),
    command('sandbox:fault'),
    command('shy', {hidden: true}),
  ],
  [{name: 'sandbox', description: odd}],
)

function said(shell: string, args: string[], env = process.env): string {
  const {stdout, stderr} = spawnSync(shell, args, {encoding: 'utf8', env})
  expect(stderr).toBe('')
  return stdout
}

type Shell = {script: (places: Place[]) => string; ask: (file: string, line: string) => string}

const shells: Record<string, Shell> = {
  bash: {
    script: bash,
    ask: (file, line) => {
      const words = line.split(/(=)| /).filter((word) => word !== undefined)
      const ask = `source ${file}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _fb; printf '%s\\n' "\${COMPREPLY[@]}"`
      return said('bash', ['--norc', '-uc', ask])
    },
  },
  zsh: {
    script: zsh,
    // What zsh would show is what these three are given.
    ask: (file, line) => {
      const words = line.split(' ')
      const shown = `compdef() { }; compset() { }; compadd() { shift; print -l -- "$@" }; _describe() { print -l -- "\${(@P)argv[-1]%%:*}" }`
      const ask = `${shown}; source ${file}; words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; _fb`
      return said('zsh', ['-fc', ask])
    },
  },
  fish: {
    script: fish,
    ask: (file, line) => {
      const config = mkdtempSync(join(tmpdir(), 'fb-fish-'))
      const env = {...process.env, HOME: config, XDG_CONFIG_HOME: config, XDG_DATA_HOME: config}
      const answer = said('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`], env)
      return answer.replace(/\t.*/g, '').replace(/^--\w+=/gm, '')
    },
  },
}

const present = (shell: string) => spawnSync(shell, ['--version']).status === 0

describe.each(Object.entries(shells))('%s', (name, {script, ask}) => {
  const file = join(mkdtempSync(join(tmpdir(), 'fb-completion-')), 'fb')
  writeFileSync(file, script(known))
  const offered = (line: string) => ask(file, line).split('\n').filter(Boolean).sort()
  const environments = ['dev', 'prod', 'sandbox', 'test']

  test.skipIf(!present(name))('completes commands, topics, flags and what flags take', () => {
    expect(offered('fb ')).toEqual(['completion', 'deploy', 'help', 'sandbox'])
    expect(offered('fb sandbox ')).toEqual(['fault', 'reset'])
    expect(offered('fb deploy --')).toEqual(['--dry-run', '--env', '--help', '--tag', '--wait'])
    expect(offered('fb deploy --env ')).toEqual(environments)
    expect(offered('fb deploy --dry-run -e ')).toEqual(environments)
    expect(offered('fb deploy --env=')).toEqual(environments)
    expect(offered('fb deploy --wait ')).toEqual(['complete', 'started'])
    expect(offered('fb deploy --tag ')).toEqual([])
    expect(offered('fb completion ')).toEqual(['bash', 'fish', 'zsh'])
    expect(offered('fb help ')).toEqual(['completion', 'deploy', 'exit-codes', 'help', 'sandbox'])
    expect(offered('fb help sandbox ')).toEqual(['fault', 'reset'])
  })
})

test('starts no fb while a person types', () => {
  for (const {script} of Object.values(shells)) expect(script(known)).not.toMatch(/\$\(fb|`fb|node/)
})
