import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'

/** A script of this folder with the sources it measures, as one file in `home`. */
export async function bundled(name, home) {
  const outfile = join(home, `${name}.mjs`)
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  })
  return outfile
}
