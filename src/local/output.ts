import {execFileSync} from 'node:child_process'
import {appendFileSync, closeSync, constants, fchmodSync, ftruncateSync, lstatSync, openSync, writeSync} from 'node:fs'
import {basename, dirname, resolve} from 'node:path'

import {Refused} from '../errors.js'
import {refusal} from './files.js'

/**
 * Writes secrets into a file that its owner alone can read. Through a symbolic link it would land elsewhere, and in a git
 * work tree it would be committed one day: both are refused, the second unless git ignores the file or `force` is given.
 */
export function writeSecret(directory: string, path: string, text: string, {force}: {force: boolean}): void {
  const at = resolve(directory, path)
  if (isLink(at)) throw refused(`${path} is a symbolic link.`, 'link', ['name the file itself'])
  if (!force && isTracked(at))
    throw refused(`${path} is in a git work tree, and git does not ignore it.`, 'in_git', [
      'add it to .gitignore',
      '--force',
    ])
  try {
    const file = openSync(at, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
    try {
      fchmodSync(file, 0o600)
      ftruncateSync(file)
      writeSync(file, text)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw refusal(error, path)
  }
}

/** To a file that a program keeps, such as the one of a runner. */
export function appendTo(path: string, text: string): void {
  try {
    appendFileSync(path, text, {mode: 0o600})
  } catch (error) {
    throw refusal(error, path)
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}

/** Asked of git itself; where there is no git, nothing is committed. */
function isTracked(path: string): boolean {
  const git = (...args: string[]) =>
    execFileSync('git', args, {cwd: dirname(path), stdio: ['ignore', 'pipe', 'ignore']})
  try {
    if (git('rev-parse', '--is-inside-work-tree').toString().trim() !== 'true') return false
  } catch {
    return false
  }
  try {
    git('check-ignore', '--quiet', basename(path))
    return false
  } catch {
    return true
  }
}

const refused = (message: string, code: string, next: string[]) =>
  new Refused(message, {code, state: 'Nothing was written.', next})
