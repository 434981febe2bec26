#!/usr/bin/env node
const {dirname, join} = require('node:path')

const argv = process.argv.slice(2)

// Answered before anything is loaded: scripts ask for the version often.
if (['--version', '-v', 'version'].includes(argv[0])) {
  const {version} = require('../package.json')
  process.stdout.write(`fb/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
} else {
  const root = dirname(__dirname)
  require('./code-cache.js').load(join(root, 'dist/start.cjs')).start(argv, root)
}
