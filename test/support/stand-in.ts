import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {StateHome} from './state-home.js'

/**
 * A Terraform that works on another document than the one it was given, with the same backend: of resources that are part
 * of Terraform itself, which need neither AWS nor a provider. Returns what FB_TERRAFORM is to be.
 */
export function standIn(home: StateHome, document: object): string {
  const {bucket, key, lockTable, table, lockfile, directory} = home
  const s3 = {bucket, key, region: 'us-east-1', use_lockfile: lockfile, ...(table ? {dynamodb_table: lockTable} : {})}
  const main = join(directory, 'main.tf.json')
  writeFileSync(main, JSON.stringify({...document, terraform: {backend: {s3}}}))
  const file = join(directory, 'terraform')
  writeFileSync(file, `#!/bin/sh\n[ "$1" != init ] || cp ${main} main.tf.json\nexec terraform "$@"\n`)
  chmodSync(file, 0o755)
  return file
}
