// Part of npm run bench: how long the infrastructure's definition takes, beside the CLI that cdktf comes with (--cdktf-cli gets it).
import {execFileSync} from 'node:child_process'
import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {build} from 'esbuild'

import {root} from '../build.js'

const CLI = 'cdktf-cli@0.21.0'

/** The same definition twice: as fb makes it, timed by itself, and as an app that another CLI runs. */
const SETTINGS = `
  import {settle} from './src/config/settings.ts'
  const {environments, ...rest} = settle({environments: {prod: {}}})
  const settings = {...rest, environment: environments.prod, account: '111111111111', hooksDirectory: '${join(root, 'dist/hooks')}'}
`
const IN_PROCESS = `${SETTINGS}
  const start = performance.now()
  const {synthesize} = await import('./infra/app.ts')
  synthesize(settings)
  const first = performance.now()
  synthesize(settings)
  console.log([first - start, performance.now() - first].join(' '))
`
const APP = `${SETTINGS}
  import {App} from 'cdktf'
  import {EnvironmentStack} from './infra/stack.ts'
  const app = new App()
  new EnvironmentStack(app, settings)
  app.synth()
`

export async function benchInfra({home, fb, node, interleaved, line, withCli}) {
  const place = join(home, 'infra')
  mkdirSync(place)
  writeFileSync(join(place, 'fb.yml'), 'environments: {prod: {account: "111111111111"}}\n')
  const [own, app] = await Promise.all([bundle(IN_PROCESS, place, 'own'), bundle(APP, place, 'app')])
  const ours = {...fb(['infra', 'synth', '--env', 'prod', '--out', 'out']), cwd: place}
  const theirs = withCli ? {name: 'cdktf synth', command: cdktf(place, app), cwd: place} : undefined
  const rounds = Array.from({length: 5}, () => execFileSync(process.execPath, [own], {encoding: 'utf8'}).split(' '))
  const medianOf = (i) => rounds.map((round) => Number(round[i])).sort((a, b) => a - b)[rounds.length >> 1]

  line('')
  line('the definition of prod', 'ms', 'ratio', 'goal')
  line('synthesized in process, cdktf loaded with it', medianOf(0).toFixed(0))
  line('once more in the same process', medianOf(1).toFixed(0))
  const medians = interleaved([node, ours, ...(theirs ? [theirs] : [])], 3)
  const base = medians.get(node)
  line(node.name, base.toFixed(0), '1.0x')
  line(ours.name, medians.get(ours).toFixed(0), `${(medians.get(ours) / base).toFixed(1)}x`)
  if (!theirs) return line(`without --cdktf-cli: no ${CLI} to compare with`)
  const cli = medians.get(theirs)
  line(theirs.name, cli.toFixed(0), `${(cli / base).toFixed(0)}x`)
  line('cdktf synth against fb infra synth', '', `${(cli / medians.get(ours)).toFixed(1)}x`)
  line('cdktf synth against the synthesis, cdktf loaded', '', `${(cli / medianOf(1)).toFixed(0)}x`, '40x')
}

async function bundle(contents, place, name) {
  const outfile = join(place, `${name}.mjs`)
  const banner = {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url)"}
  const stdin = {contents, resolveDir: root, loader: 'ts'}
  await build({stdin, outfile, bundle: true, platform: 'node', format: 'esm', banner, logLevel: 'error'})
  return outfile
}

/** Its CLI is no dependency of fb, and 400 MB: it goes with the bench's own directory. */
function cdktf(place, app) {
  execFileSync('npm', ['install', '--prefix', place, '--ignore-scripts', '--silent', CLI], {stdio: 'ignore'})
  writeFileSync(
    join(place, 'cdktf.json'),
    JSON.stringify({language: 'typescript', app: `node ${app}`, sendCrashReports: 'false'}),
  )
  const {bin} = JSON.parse(readFileSync(join(place, 'node_modules/cdktf-cli/package.json'), 'utf8'))
  return [process.execPath, join(place, 'node_modules/cdktf-cli', bin.cdktf), 'synth']
}

/**
 * What passes between a person's Enter and Terraform's first work: fb's checks, and the state read from an AWS that is far away.
 * In place of Terraform stands a script that notes when it is told to begin.
 */
export function firstWork({home, fb, run, line, place}) {
  const file = join(home, 'terraform-that-notes')
  const noted = join(home, 'begun')
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$1" in version) echo '{"terraform_version": "1.11.4", "platform": "linux_amd64"}';; init) date +%s%N >${noted}; exit 1;; esac\n`,
  )
  chmodSync(file, 0o755)
  const subject = {...fb(['infra', 'plan', '--env', 'dev']), ...place, env: {...place.env, FB_TERRAFORM: file}}
  const times = Array.from({length: 6}, () => {
    const start = Date.now()
    run(subject)
    return Number(readFileSync(noted, 'utf8')) / 1e6 - start
  }).slice(1)
  line('fb infra plan, until Terraform begins', times.sort((a, b) => a - b)[times.length >> 1].toFixed(0))
}
