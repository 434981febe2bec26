import {mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {noTerraformOnMoto} from '../support/moto.js'
import {standIn} from '../support/stand-in.js'
import {stateHome} from '../support/state-home.js'

const CANARY = `canary-${crypto.randomUUID()}`

/** Secrets where a definition may have them: a value, a part of a JSON text, a sensitive output, and the settings. */
const documentWith = (input: string, more: object = {}) => ({
  resource: {
    terraform_data: {
      secret: {input: `\${sensitive("${input}")}`, ...more},
      policy: {input: `\${sensitive(jsonencode({"password" = "${input}"}))}`},
    },
  },
  output: {password: {value: '${terraform_data.secret.output}', sensitive: true}},
})

describe.skipIf(noTerraformOnMoto)('a secret that Terraform handles', () => {
  it('is in no file that outlives a command, and in nothing that fb says', async ({onTestFinished}) => {
    const home = await stateHome({lockfile: true, onFinished: onTestFinished})
    const own = (name: string) => {
      const path = join(home.directory, name)
      mkdirSync(path, {recursive: true})
      return path
    }
    const env = {TMPDIR: own('tmp'), XDG_CACHE_HOME: own('cache'), XDG_STATE_HOME: own('state')}
    const yml = readFileSync(join(home.directory, 'fb.yml'), 'utf8')
    const knobs = `dev: {alerts: {webhook: "https://hooks.example.com/${CANARY}"}}`
    writeFileSync(join(home.directory, 'fb.yml'), yml.replace('dev: {}', knobs))
    // What the test itself has written.
    const ours = () => [join(home.directory, 'fb.yml'), join(home.directory, 'main.tf.json')]
    const said: string[] = []
    const run = async (...args: string[]) => {
      const ended = await home.fb([...args, '--env', 'dev'], {...env, FB_TERRAFORM: terraform})
      said.push(ended.stdout, ended.stderr)
      return ended
    }
    const ends = async (expected: number, ...args: string[]) => {
      const {code, stdout, stderr} = await run(...args)
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(expected)
      return stdout
    }

    let terraform = standIn(home, documentWith(CANARY))
    await ends(0, 'infra', 'plan', '--verbose')
    await ends(0, 'infra', 'plan', '--json')
    await ends(0, 'infra', 'up', '--yes')
    terraform = standIn(home, documentWith(`${CANARY}-2`))
    await ends(0, 'infra', 'plan', '--out', 'dev.fbplan')
    await ends(0, 'infra', 'up', '--plan', 'dev.fbplan', '--yes', '--json')
    const fails = {provisioner: [{'local-exec': {command: `exit 3`}}], triggers_replace: [1]}
    terraform = standIn(home, documentWith(`${CANARY}-3`, fails))
    await ends(6, 'infra', 'up', '--yes')
    await ends(0, 'infra', 'drift')
    await ends(0, 'infra', 'output')
    await ends(0, 'infra', 'output', '--json')
    for (const form of ['svg', 'dot', 'mermaid']) await ends(0, 'infra', 'graph', '--format', form)
    await ends(0, 'state', 'backup')
    await ends(0, 'state', 'list')
    const [oldest] = JSON.parse(await ends(0, 'state', 'backups', '--json')).reverse()
    await ends(10, 'state', 'diff', oldest.name)
    await ends(0, 'infra', 'down', '--confirm', `${home.app}-dev`)

    expect(said.join('\n')).not.toContain(CANARY)
    const holding = filesIn(home.directory).filter((path) => readFileSync(path).includes(CANARY))
    const plan = join(home.directory, 'dev.fbplan')
    // The plan that a person has asked for holds it in base64; nobody else can read that file.
    expect(statSync(plan).mode & 0o777).toBe(0o600)
    expect(holding.sort()).toEqual(ours().sort())
    expect(filesIn(env.TMPDIR)).toEqual([])
  }, 180_000)
})

const filesIn = (directory: string): string[] =>
  readdirSync(directory, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
