import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {beforeAll, describe, expect, test} from 'vitest'

import {bundle} from '../../scripts/build.js'
import {generated} from '../../scripts/generate.js'

type Output = {entryPoint?: string; inputs: Record<string, unknown>; imports: {path: string; kind: string}[]}

let files: Record<string, string>
let outputs: Record<string, Output>
beforeAll(async () => {
  const built = await bundle()
  files = built.files
  outputs = built.metafile.outputs
})

/** The source files that run when this one is loaded, before anything is asked of it. */
function loadedWith(source: string): string[] {
  const seen = new Set<string>()
  const visit = (path: string) => {
    if (seen.has(path) || !outputs[path]) return
    seen.add(path)
    for (const {path: next, kind} of outputs[path].imports) if (kind === 'import-statement') visit(next)
  }
  visit(Object.keys(outputs).find((path) => outputs[path]!.entryPoint === source)!)
  return [...seen].flatMap((path) => Object.keys(outputs[path]!.inputs))
}

describe('the bundle', () => {
  const heavy =
    /node_modules\/(@aws-sdk|@smithy|listr2|inquirer|@inquirer|zod|yaml|cdktf|@cdktf|constructs)\/|^infra\/|^src\/(sandbox|aws)\//

  test.each(['src/start.ts', 'src/help.ts', 'src/hooks/command-not-found.ts', 'src/commands/completion.ts'])(
    '%s loads no AWS client, prompt, task list, schema or sandbox',
    (source) => {
      const loaded = loadedWith(source)
      expect(loaded).toContain(source)
      expect(loaded.filter((path) => heavy.test(path))).toEqual([])
    },
  )

  test('a command loads those only on use', () => {
    expect(loadedWith('src/commands/status.ts').filter((path) => heavy.test(path))).toEqual([])
  })

  test('brings cdktf in when a document is made, and not before', () => {
    expect(loadedWith('src/commands/infra/synth.ts').filter((path) => heavy.test(path))).toEqual([])
  })

  test('has no import() left, which code from the cache could not do, and is ASCII', () => {
    for (const [path, text] of Object.entries(files).filter(([name]) => name.endsWith('.cjs'))) {
      expect(text.replace(/"import\(\)"/g, ''), path).not.toMatch(/(?<![\w$.])import\(/)
      expect(/^[\0-\x7f]*$/.test(text), path).toBe(true)
    }
  })

  test('gives the licence of every package in it', () => {
    for (const name of ['@oclif/core 4', 'listr2 9', 'chalk 5', '@aws-sdk/client-ecs 3']) {
      expect(files['notices.txt']).toContain(name)
    }
  })
})

test('the committed manifest and schema are what the sources say; if not, run: npm run build', async () => {
  for (const [name, text] of Object.entries(await generated())) expect(readFileSync(name, 'utf8'), name).toBe(text)
})

test('the package is small and brings nothing else along', () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  const {dependencies, scripts} = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(dependencies).toBeUndefined()
  expect(Object.keys(scripts).filter((name) => /install/.test(name))).toEqual([])
  expect(packed.unpackedSize).toBeLessThan(10 * 2 ** 20)
  const paths: string[] = packed.files.map(({path}: {path: string}) => path)
  expect(paths).toEqual(
    expect.arrayContaining(['bin/run.js', 'dist/start.cjs', 'oclif.manifest.json', 'fb.schema.json']),
  )
  expect(paths.filter((path) => /^(src|test|scripts)\//.test(path))).toEqual([])
})
