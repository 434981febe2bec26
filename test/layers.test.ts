import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, normalize} from 'node:path'
import {expect, it} from 'vitest'

const source = (folder: string) => new RegExp(`^src/${folder}`)
const basics = /^src\/(errors|events|clock|columns|durations)\./
const names = /^src\/config\/(names|nearest)\./

/** Who may import whom. A folder that is not listed here is a mistake. */
const LAYERS: Record<string, {may: RegExp[]; types?: RegExp[]}> = {
  aws: {
    may: [
      /^@aws-sdk\//,
      /^@smithy\/core\/retry$/,
      /^node:timers/,
      basics,
      /^src\/config\/names\./,
      source('aws/'),
      source('deploy/service.'),
    ],
    types: [source('deploy/')],
  },
  commands: {
    may: [
      /^@oclif\/core$/,
      /^node:events$/,
      basics,
      source('command.'),
      source('(help|parse-errors).'),
      source('completion/'),
      source('config/'),
      source('deploy/'),
      source('repository/'),
    ],
    types: [source('site.')],
  },
  completion: {may: [source('config/settings.'), source('completion/')], types: [/^@oclif\/core/]},
  config: {may: [/^node:(fs|os|path)$/, /^(zod|yaml)$/, /^src\/errors\./, source('config/')]},
  deploy: {may: [/^node:crypto$/, basics, names, source('deploy/')], types: [source('config/')]},
  help: {may: [/^@oclif\/core/, basics, source('exit-codes.'), source('help/'), source('terminal/')]},
  hooks: {may: [/^@oclif\/core$/, basics, source('unknown-command.')]},
  repository: {
    may: [/^node:(child_process|fs|path|util)$/, /^yaml$/, basics, source('config/settings.'), source('repository/')],
    types: [source('config/'), source('deploy/')],
  },
  sandbox: {may: [/^@(aws-sdk|smithy)\//, /^node:/, names, source('sandbox/')]},
  terminal: {may: [/^(chalk|inquirer|listr2|node:readline)$/, basics, source('terminal/')]},
}

const files = (readdirSync('src', {recursive: true}) as string[])
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('src', file))

for (const file of files.filter((file) => dirname(file) !== 'src')) {
  it(`${file} imports only what its layer may`, () => {
    const layer = LAYERS[file.split('/')[1]!]!
    expect(layer, 'its folder is a layer').toBeDefined()
    const forbidden = importsOf(file).filter(
      ({name, type}) => ![...layer.may, ...(type ? (layer.types ?? []) : [])].some((rule) => rule.test(name)),
    )
    expect(forbidden.map(({name}) => name)).toEqual([])
  })
}

it('reads the process only where a command begins and speaks', () => {
  const may = /^src\/(start|command|help)\.ts$|^src\/(terminal|hooks)\//
  const touching = files.filter((file) => /\bprocess\.\w/.test(code(file)) && !may.test(file))
  expect(touching).toEqual([])
})

const code = (file: string) => readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')

/** Static imports; a dynamic one is a seam by intention. */
function importsOf(file: string): {name: string; type: boolean}[] {
  const found = code(file).matchAll(/^(?:import|export)( type)?[^'"]*?from '([^']+)'/gm)
  return [...found].map(([, type, name]) => ({
    type: Boolean(type),
    name: name!.startsWith('.') ? normalize(join(dirname(file), name!)) : name!,
  }))
}
