// Writes the two committed files that are made from the sources: oclif.manifest.json and fb.schema.json.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {Config, settings} from '@oclif/core'
import {build} from 'esbuild'

import {bundle, root, write} from './build.js'

/** {name: text} of the generated files, as the sources say they should be. */
export async function generated() {
  const directory = mkdtempSync(join(tmpdir(), 'fb-generate-'))
  try {
    write((await bundle()).files, directory)
    const files = {'oclif.manifest.json': await manifest(directory), 'fb.schema.json': await schema(directory)}
    return Object.fromEntries(
      Object.entries(files).map(([name, value]) => [name, `${JSON.stringify(value, undefined, 2)}\n`]),
    )
  } finally {
    rmSync(directory, {recursive: true})
  }
}

/** What the commands say about themselves, so that help, completion and parsing need not load them. */
async function manifest(directory) {
  settings.enableAutoTranspile = false
  const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  pjson.oclif.commands.target = './commands.cjs'
  const config = await Config.load({
    root: directory,
    pjson,
    userPlugins: false,
    devPlugins: false,
    ignoreManifest: true,
  })
  const plugin = config.plugins.get(pjson.name)
  return {version: pjson.version, commands: plugin.manifest.commands}
}

async function schema(directory) {
  const outfile = join(directory, 'schema.mjs')
  const contents =
    "import * as z from 'zod'; import {fbYml} from './src/config/schema.js'; export default z.toJSONSchema(fbYml, {io: 'input'})"
  await build({
    stdin: {contents, resolveDir: root},
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  })
  return (await import(pathToFileURL(outfile).href)).default
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(await generated())) writeFileSync(join(root, name), text)
}
