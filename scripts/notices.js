import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/** The licences of everything bundled, as those licences ask for. Each text is given once, under all the packages it covers. */
export function notices(root, {outputs}) {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs))
  const packages = new Set(
    inputs.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean),
  )
  const byText = new Map()
  for (const directory of [...packages].sort()) {
    const {name, version, license} = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'))
    const text = licenceIn(join(root, directory)) ?? `Licence: ${license}`
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`])
  }
  return [...byText].map(([text, names]) => `${names.join('\n')}\n\n${text.trim()}\n`).join(`\n${'-'.repeat(80)}\n\n`)
}

function licenceIn(directory) {
  const file = readdirSync(directory).find((name) => /^(licen[cs]e|copying)/i.test(name))
  return file && existsSync(join(directory, file)) ? readFileSync(join(directory, file), 'utf8') : undefined
}
