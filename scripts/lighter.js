import {readFileSync} from 'node:fs'

/** Packages that oclif loads for features fb does not have, each with the few lines that keep oclif going without it. */
const replaced = {
  // DEBUG=* makes oclif print argv, and argv can hold secrets.
  debug: 'module.exports = () => Object.assign(() => {}, {enabled: false})',
  'ansi-escapes': 'module.exports = {}',
  'clean-stack': 'module.exports = (stack) => stack',
  'cli-spinners': 'module.exports = {dots2: {frames: []}}',
  ejs: 'module.exports = {render: (text) => text}',
  'get-package-type': 'module.exports = {sync: () => "commonjs"}',
  lilconfig: 'module.exports = {}',
  minimatch: 'module.exports = {}',
  semver: 'module.exports = {satisfies: () => true}',
  'string-width': 'module.exports = (text) => text.length',
  tinyglobby: 'module.exports = {}',
  typescript: 'module.exports = {}',
  'wrap-ansi': 'module.exports = (text) => text',
  'wsl-utils': 'module.exports = {isWsl: false}',
  'node:child_process': 'module.exports = {}',
}

/** What cdktf can do beside making documents in memory: packing archives, testing, asking for the installed Terraform. */
const synthesis = ['archiver', './testing', 'node:child_process', 'child_process']

/** inquirer's way to an editor, with all of the world's character sets: half a megabyte that fb never asks for. */
const editor = /^@inquirer\/external-editor$/

/** The first localeCompare() of a process loads Unicode's collation: 6 ms to sort ids that are plain ASCII. */
const sorting = {
  file: /@oclif\/core\/lib\/config\/plugin\.js$/,
  slow: 'a.id.localeCompare(b.id)',
  fast: '(a.id < b.id ? -1 : 1)',
}

/** An esbuild plugin that takes out of oclif, inquirer and cdktf what fb never uses. */
export const lighter = {
  name: 'lighter',
  setup({onResolve, onLoad}) {
    const names = new RegExp(`^(${Object.keys(replaced).join('|')})$`)
    onResolve({filter: names}, ({path, importer}) =>
      importer.includes('/@oclif/core/') ? {path, namespace: 'lighter'} : undefined,
    )
    onResolve({filter: new RegExp(`^(${synthesis.join('|').replaceAll('.', '[.]')})$`)}, ({path, importer}) =>
      importer.includes('/cdktf/lib/') ? {path, namespace: 'lighter'} : undefined,
    )
    onResolve({filter: editor}, ({path}) => ({path, namespace: 'lighter'}))
    onLoad({filter: /./, namespace: 'lighter'}, ({path}) => ({contents: replaced[path] ?? 'module.exports = {}'}))
    onLoad({filter: sorting.file}, ({path}) => {
      const contents = readFileSync(path, 'utf8')
      if (!contents.includes(sorting.slow)) throw new Error(`${path} no longer has: ${sorting.slow}`)
      return {contents: contents.replace(sorting.slow, sorting.fast)}
    })
  },
}
