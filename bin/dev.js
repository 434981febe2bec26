#!/usr/bin/env node
const {execFileSync} = require('node:child_process')
const {join} = require('node:path')

for (const script of ['build', 'generate'])
  execFileSync(process.execPath, [join(__dirname, `../scripts/${script}.js`)], {stdio: 'inherit'})
require('./run.js')
