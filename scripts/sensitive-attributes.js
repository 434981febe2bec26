// Writes src/state/document/sensitive-attributes.json: what the schema of the AWS provider marks as sensitive, blocks and all.
// Needs Terraform. It downloads the provider, unless TF_CLI_CONFIG_FILE names a mirror.
import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {root} from './build.js'

const VERSION = '5.100.0'
const FILE = 'src/state/document/sensitive-attributes.json'

const main = `terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "${VERSION}"
    }
  }
}
`

/** The provider's schema, as Terraform tells it. */
function schema() {
  const cwd = mkdtempSync(join(tmpdir(), 'fb-schema-'))
  const terraform = (...args) =>
    execFileSync('terraform', args, {cwd, maxBuffer: 1e9, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']})
  try {
    writeFileSync(join(cwd, 'main.tf'), main)
    terraform('init', '-no-color')
    return Object.values(JSON.parse(terraform('providers', 'schema', '-json')).provider_schemas)[0]
  } finally {
    rmSync(cwd, {recursive: true})
  }
}

/** Paths of names; the indexes of lists and sets of blocks are left out. */
function* sensitiveIn({attributes = {}, block_types: blocks = {}}, above = []) {
  for (const [name, {sensitive, nested_type: nested}] of Object.entries(attributes)) {
    if (sensitive) yield [...above, name].join('.')
    else if (nested) yield* sensitiveIn(nested, [...above, name])
  }
  for (const [name, {block}] of Object.entries(blocks)) yield* sensitiveIn(block, [...above, name])
}

const {resource_schemas: resources, data_source_schemas: sources} = schema()
const types = [...new Set([...Object.keys(resources), ...Object.keys(sources)])].sort()
const pathsOf = (type) =>
  [resources[type], sources[type]].flatMap((found) => (found ? [...sensitiveIn(found.block)] : []))
const found = types.map((type) => [type, [...new Set(pathsOf(type))].sort()]).filter(([, paths]) => paths.length > 0)
writeFileSync(join(root, FILE), JSON.stringify(Object.fromEntries(found)))
execFileSync('npx', ['biome', 'format', '--write', FILE], {cwd: root, stdio: 'inherit'})
