import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'

import {FbError} from '../errors.js'

/** A file of a Terraform configuration: made here, or one that is there already. */
export type ConfigurationFile = {path: string} & ({text: string | Buffer} | {from: string})

/** Writes the files of a configuration over those of the same name; others in the directory stay. Returns where it is. */
export function writeConfiguration(directory: string, files: ConfigurationFile[], mode?: number): string {
  const place = resolve(directory)
  try {
    for (const file of files) {
      const path = join(place, file.path)
      mkdirSync(dirname(path), {recursive: true, mode: mode && 0o700})
      if ('text' in file) writeFileSync(path, file.text, {mode})
      else copyFileSync(file.from, path)
    }
  } catch (error) {
    const message = `The configuration cannot be written to ${directory}.`
    throw new FbError(message, {code: 'file', because: [(error as Error).message], cause: error})
  }
  return place
}
