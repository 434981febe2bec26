import {readdirSync, readFileSync} from 'node:fs'
import {basename, dirname, join, normalize} from 'node:path'
import {expect, it} from 'vitest'

const source = (folder: string) => new RegExp(`^src/${folder}`)
const basics = /^src\/(errors|events|clock|columns|durations|fingerprint)\./
const names = /^src\/config\/(names|nearest)\./

/** Who may import whom. A folder that is not listed here is a mistake. */
const LAYERS: Record<string, {may: RegExp[]; types?: RegExp[]}> = {
  aws: {
    may: [
      /^@aws-sdk\//,
      /^@smithy\/core\/retry$/,
      /^node:(timers|crypto)/,
      basics,
      /^src\/(config\/names|iam)\./,
      source('aws/'),
      source('deploy/(service|task-definition).'),
      source('logs/group-id.'),
    ],
    types: [source('(config|deploy|infra|local|logs|params|state)/')],
  },
  commands: {
    may: [
      /^@oclif\/core$/,
      /^node:(events|path)$/,
      basics,
      source('(command|deploying|flags|log-access|log-flags|log-search|state-access|twins).'),
      source('stack-(access|apply|backend|directory|means|plan|teardown).'),
      source('params-(access|again|apply|flags|link|restart).'),
      source('local/'),
      source('params/'),
      source('(help|parse-errors).'),
      source('completion/'),
      source('config/'),
      source('deploy/'),
      source('infra/'),
      source('logs/'),
      source('repository/'),
      source('smoke/'),
      source('state/'),
      source('terraform/'),
    ],
    types: [source('(site|steering).')],
  },
  completion: {may: [source('config/settings.'), source('completion/')], types: [/^@oclif\/core/]},
  config: {may: [/^node:(fs|os|path)$/, /^(zod|yaml)$/, /^src\/errors\./, source('config/')]},
  deploy: {may: [/^node:crypto$/, basics, names, source('deploy/')], types: [source('config/')]},
  help: {may: [/^@oclif\/core/, basics, source('exit-codes.'), source('help/'), source('terminal/')]},
  hooks: {may: [/^@oclif\/core$/, basics, source('unknown-command.')]},
  infra: {
    may: [/^node:crypto$/, /^@dagrejs\/dagre$/, basics, names, source('infra/'), source('state/')],
    types: [source('(config|terraform)/'), /^infra\//],
  },
  local: {
    may: [/^node:(child_process|crypto|events|fs|os|path)/, basics, source('local/')],
    types: [source('(logs|state)/')],
  },
  logs: {
    may: [basics, names, source('config/regions.'), source('deploy/stopped.'), source('logs/')],
    types: [source('(config|deploy)/')],
  },
  params: {
    may: [
      /^node:crypto$/,
      /^yaml$/,
      basics,
      names,
      source('params/'),
      source('deploy/(links|release).'),
      source('state/document/secret-names.'),
    ],
    types: [source('deploy/')],
  },
  repository: {
    may: [/^node:(child_process|fs|path|util)$/, /^yaml$/, basics, source('config/settings.'), source('repository/')],
    types: [source('config/'), source('deploy/')],
  },
  smoke: {may: [/^node:(child_process|timers)/, basics, source('smoke/')], types: [source('deploy/')]},
  sandbox: {may: [/^@(aws-sdk|smithy)\//, /^node:/, names, source('sandbox/')]},
  state: {may: [/^node:crypto$/, basics, names, source('state/')], types: [source('config/')]},
  terraform: {may: [/^node:(child_process|fs|os|path)/, basics, source('terraform/')], types: [source('state/')]},
  terminal: {
    may: [
      /^(chalk|inquirer|listr2|node:(child_process|events|os|readline|stream|string_decoder))$/,
      basics,
      source('terminal/'),
    ],
  },
}

/** The same for the files directly in src/: the basics know one another, the rest is where the layers meet. */
const MEETINGS: Record<string, {may: RegExp[]; types?: RegExp[]}> = {
  clock: {may: [/^node:timers/]},
  columns: {may: []},
  command: {
    may: [
      /^@oclif\/core$/,
      /^node:(events|os)$/,
      basics,
      source('(ending|flags|parse-errors|questions|site|twins|worker).'),
      source('config/'),
      source('terminal/voice.'),
    ],
    types: [source('(aws|deploy|sandbox|state|terraform)/'), source('(stack-access|steering).')],
  },
  deploying: {may: [source('site.'), source('deploy/')], types: [source('steering.')]},
  durations: {may: [basics]},
  ending: {may: [/^node:events$/, basics], types: [source('steering.')]},
  errors: {may: [source('iam.')]},
  events: {may: []},
  fingerprint: {may: [/^node:crypto$/]},
  'exit-codes': {may: []},
  flags: {may: [/^@oclif\/core$/, basics]},
  help: {may: [/^@oclif\/core$/, basics, source('unknown-command.'), source('help/'), source('terminal/colours.')]},
  iam: {may: []},
  'log-access': {may: [basics, source('site.'), source('logs/')], types: [source('aws/')]},
  'log-search': {may: [basics, source('(log-access|site).'), source('logs/')]},
  'log-flags': {may: [/^@oclif\/core$/, basics, source('flags.'), source('logs/')]},
  'parse-errors': {may: [basics, source('config/nearest.')], types: [/^@oclif\/core/]},
  'params-access': {may: [names, source('config/directories.'), source('site.'), source('local/'), source('params/')]},
  'params-again': {may: [], types: [/^@oclif\/core$/]},
  'params-apply': {
    may: [basics, source('params/'), source('params-(access|restart|rollout).'), source('site.')],
    types: [source('deploy/'), source('questions.'), source('terminal/')],
  },
  'params-flags': {may: [/^@oclif\/core$/], types: [source('params/')]},
  'params-link': {may: [source('params/'), source('site.')], types: [source('params-apply.')]},
  'params-restart': {
    may: [basics, source('deploy/'), source('params-access.'), source('site.')],
    types: [source('params-apply.')],
  },
  'params-rollout': {
    may: [basics, source('params/'), source('params-restart.'), source('site.')],
    types: [source('deploy/'), source('params-apply.')],
  },
  'stack-access': {
    may: [
      /^node:path$/,
      basics,
      source('(site|stack-lock).'),
      source('config/settings.'),
      source('(infra|state|terraform)/'),
    ],
  },
  'stack-apply': {may: [basics, source('(infra|terraform)/')], types: [source('state/')]},
  'stack-backend': {may: [basics, source('(site|state-access).'), source('state/')], types: [source('aws/')]},
  'stack-directory': {
    may: [basics, source('stack-plan.'), source('(infra|terraform)/')],
    types: [source('stack-access.')],
  },
  'stack-lock': {may: [basics, source('state/'), source('terraform/')]},
  'stack-means': {
    may: [
      basics,
      names,
      source('config/directories.'),
      source('(site|stack-access|stack-lock|state-access).'),
      source('state/'),
    ],
    types: [source('aws/'), source('stack-apply.')],
  },
  'stack-plan': {may: [basics, source('stack-lock.'), source('(infra|terraform)/')], types: [source('stack-access.')]},
  'stack-teardown': {may: [basics, source('(site|stack-access).'), source('infra/')]},
  'state-access': {may: [basics, source('site.')], types: [source('(aws|state)/')]},
  questions: {may: [basics], types: [source('site.'), source('terminal/')]},
  site: {may: [basics, source('config/')], types: [source('(aws|deploy|sandbox|state)/')]},
  steering: {
    may: [basics, source('deploy/')],
    types: [source('(flags|questions).'), source('(config|terminal)/')],
  },
  start: {may: [/^@oclif\/core$/, /^package\.json$/]},
  worker: {may: [/^node:os$/, source('terraform/namespace.')], types: [source('(state|terraform)/')]},
  twins: {may: []},
  'unknown-command': {may: [basics, source('config/nearest.')], types: [/^@oclif\/core/]},
}

const files = (readdirSync('src', {recursive: true}) as string[])
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('src', file))

for (const file of files) {
  it(`${file} imports only what its layer may`, () => {
    const layer = dirname(file) === 'src' ? MEETINGS[basename(file, '.ts')]! : LAYERS[file.split('/')[1]!]!
    expect(layer, 'it is in a layer').toBeDefined()
    const forbidden = importsOf(file).filter(
      ({name, type}) => ![...layer.may, ...(type ? (layer.types ?? []) : [])].some((rule) => rule.test(name)),
    )
    expect(forbidden.map(({name}) => name)).toEqual([])
  })
}

/** The definition: cdktf, the provider's bindings by resource, and settings. What it computes, it computes from those alone. */
const DEFINITION = [
  /^cdktf$/,
  /^constructs$/,
  /^@cdktf\/provider-aws\/lib\/[\w-]+\/index\.js$/,
  /^node:crypto$/,
  /^src\/config\//,
  /^infra\//,
]

const definition = (readdirSync('infra', {recursive: true}) as string[])
  .filter((file) => file.endsWith('.ts') && !file.startsWith('lambda/'))
  .map((file) => join('infra', file))

it.each(definition)('%s imports only what the definition may', (file) => {
  const forbidden = importsOf(file).filter(({name}) => !DEFINITION.some((rule) => rule.test(name)))
  expect(forbidden.map(({name}) => name)).toEqual([])
})

it('reaches the definition at one place, when it is asked for', () => {
  const reaching = files.filter((file) =>
    /(?:from|import\() ?'[./]+\/infra\/(?:(?:app|stack|hcl)\.js|modules\/)/.test(
      code(file).replace(/import type .*/g, ''),
    ),
  )
  expect(reaching).toEqual(['src/infra/synth.ts'])
})

it('reads the process only where a command begins and speaks', () => {
  const may = /^src\/(start|command|help|worker)\.ts$|^src\/(terminal|hooks)\//
  const touching = files.filter((file) => touchesProcess(code(file)) && !may.test(file))
  expect(touching).toEqual([])
})

it('sees every way to import and to touch the process', () => {
  const named = (text: string) => imported(text).map(({name}) => name)
  expect(
    named(`import 'a'\nimport b from "b"\nimport * as c from 'c'\nexport {\n  d,\n} from 'd'\nexport * from 'e'`),
  ).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(imported(`import type {A} from 'a'\nimport 'b'`)).toEqual([
    {name: 'a', type: true},
    {name: 'b', type: false},
  ])
  for (const text of ['process.env', `process['env']`, 'const {env} = process', 'f(process)', 'globalThis.process'])
    expect(touchesProcess(text), text).toBe(true)
  for (const text of [`import process from 'node:process'`, `import {env} from 'process'`])
    expect(touchesProcess(text), text).toBe(true)
  expect(touchesProcess(`import {execFile} from 'node:child_process'`)).toBe(false)
})

const code = (file: string) => readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')

/** As a name of its own or by import; the word in a sentence is neither. */
const touchesProcess = (text: string) =>
  /(?:[=(,]\s*|globalThis\.)process\b(?!\s*[:'])|\bprocess(?:\.\w|\?\.|\[)/.test(text) ||
  imported(text).some(({name}) => /^(node:)?process$/.test(name))

/** Static imports; a dynamic one is a seam by intention. */
function imported(text: string): {name: string; type: boolean}[] {
  const found = text.matchAll(/^(?:import|export)(?:( type)?[^'"]*?from)? ?['"]([^'"]+)['"]/gm)
  return [...found].map(([, type, name]) => ({type: Boolean(type), name: name!}))
}

const importsOf = (file: string) =>
  imported(code(file)).map(({name, type}) => ({
    type,
    name: name.startsWith('.') ? normalize(join(dirname(file), name)) : name,
  }))
