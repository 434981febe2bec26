import {existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync} from 'node:fs'
import {homedir} from 'node:os'
import {dirname, join} from 'node:path'

import type {Parent} from './child.js'
import {scratch} from './scratch.js'

/**
 * The providers of this machine (700 MB for AWS's), kept between runs. Terraform says of its cache that two of its runs
 * must not write to it at once, and it unpacks a provider once more, over what lies there, whenever no lock file vouches for
 * that. So a run gets a cache of its own, which points to what is kept when there is such a file; what the run adds is kept
 * as soon as it is complete, and never replaced.
 */
export type Plugins = {
  env: NodeJS.ProcessEnv
  /** From now on other runs have what this one has installed. */
  keep(): void
  remove(): void
}

const NONE: Plugins = {env: {}, keep: () => undefined, remove: () => undefined}

/** Nothing of it when Terraform's own settings say where plugins are kept, or this user has no place for them. */
export function openPlugins(env: NodeJS.ProcessEnv, parent: Parent, vouched: boolean): Plugins {
  if (env.TF_PLUGIN_CACHE_DIR !== undefined || ownSettings(env).includes('plugin_cache_dir')) return NONE
  const kept = join(cacheDirectory(env), 'terraform-plugins')
  try {
    for (const place of [kept, pluginRuns(env)]) mkdirSync(place, {recursive: true, mode: 0o700})
    const {directory, remove} = scratch(parent, pluginRuns(env))
    const there = packagesIn(kept).filter((name) => vouched && existsSync(join(kept, name)))
    for (const name of there) point(join(directory, name), join(kept, name))
    return {env: {TF_PLUGIN_CACHE_DIR: directory}, keep: () => keepNew(directory, kept), remove}
  } catch {
    return NONE
  }
}

export const cacheDirectory = (env: NodeJS.ProcessEnv): string =>
  join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'fb')

/** Beside what is kept, because a directory can only be moved within a file system. */
export const pluginRuns = (env: NodeJS.ProcessEnv): string => join(cacheDirectory(env), 'terraform-runs')

function keepNew(directory: string, kept: string): void {
  for (const name of packagesIn(directory)) {
    const [own, theirs] = [join(directory, name), join(kept, name)]
    if (existsSync(theirs)) continue
    try {
      mkdirSync(dirname(theirs), {recursive: true, mode: 0o700})
      // A link to a mirror that is not there any more.
      rmSync(theirs, {force: true})
      renameSync(own, theirs)
      symlinkSync(theirs, own)
    } catch {
      // Another run was first. What this one needs is where it was, or where that one has put it.
      if (!lstatSync(own, {throwIfNoEntry: false})) point(own, theirs)
    }
  }
}

function point(own: string, kept: string): void {
  mkdirSync(dirname(own), {recursive: true})
  symlinkSync(kept, own)
}

/** HOST/NAMESPACE/TYPE/VERSION/PLATFORM, which is what Terraform looks for. */
function packagesIn(directory: string, levels = 5): string[] {
  const found = readdirSync(directory, {withFileTypes: true})
  if (levels === 1) return found.map(({name}) => name)
  return found
    .filter((entry) => entry.isDirectory())
    .flatMap(({name}) => packagesIn(join(directory, name), levels - 1).map((below) => join(name, below)))
}

function ownSettings(env: NodeJS.ProcessEnv): string {
  const file = env.TF_CLI_CONFIG_FILE ?? env.TERRAFORM_CONFIG ?? join(env.HOME || homedir(), '.terraformrc')
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
