import {mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

import {openPlugins, pluginRuns} from '../../src/terraform/plugins.js'
import {directory, parent} from '../support/terraform.js'

const AWS = 'registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64'

/** Runs of Terraform of one user, each with what it was given. */
function machine(more: NodeJS.ProcessEnv = {}) {
  const env = {HOME: directory(), ...more}
  return {
    env,
    run({vouched = true} = {}) {
      const {self, exit} = parent(env)
      const plugins = openPlugins(env, self, vouched)
      const cache = plugins.env.TF_PLUGIN_CACHE_DIR
      return {...plugins, exit, cache, sees: () => readFileSync(join(cache!, AWS, 'provider'), 'utf8')}
    },
    runs: () => readdirSync(pluginRuns(env)),
  }
}

/** As Terraform unpacks an archive: over what is there. */
function install(cache: string | undefined, text: string): void {
  const place = join(cache!, AWS)
  mkdirSync(place, {recursive: true})
  writeFileSync(join(place, 'provider'), text)
}

it('gives a run what the one before has installed, and leaves nothing but that', () => {
  const {run, runs} = machine()
  const first = run()
  install(first.cache, 'the first')
  first.keep()
  expect(first.sees()).toBe('the first')
  first.remove()
  const second = run()
  expect(second.sees()).toBe('the first')
  second.remove()
  expect(runs()).toEqual([])
})

it('never takes from a running Terraform the provider that it works with', () => {
  const {run} = machine()
  const [one, other] = [run(), run()]
  install(one.cache, 'the first')
  one.keep()
  install(other.cache, 'the second')
  other.keep()
  const third = run({vouched: false})
  install(third.cache, 'the third')
  third.keep()
  third.remove()
  expect([one.sees(), other.sees(), run().sees()]).toEqual(['the first', 'the second', 'the first'])
})

it('keeps nothing of an installation that did not come to its end', () => {
  const {run, runs} = machine()
  const first = run()
  install(first.cache, 'half')
  first.exit()
  expect(runs()).toEqual([])
  expect(() => run().sees()).toThrow('ENOENT')
})

it('puts a provider in the place of a link that leads nowhere, as to a mirror that is gone', () => {
  const {run} = machine()
  const first = run()
  const mirror = directory()
  mkdirSync(join(first.cache!, AWS, '..'), {recursive: true})
  symlinkSync(join(mirror, 'aws'), join(first.cache!, AWS))
  first.keep()
  first.remove()
  const second = run()
  install(second.cache, 'the second')
  second.keep()
  second.remove()
  expect(run().sees()).toBe('the second')
})

it('leaves it to Terraform’s own settings where plugins are, and does without where there is no place for them', () => {
  expect(machine({TF_PLUGIN_CACHE_DIR: '/elsewhere'}).run().env).toEqual({})
  const file = join(directory(), 'terraform.rc')
  writeFileSync(file, 'plugin_cache_dir = "/elsewhere"\n')
  expect(machine({TF_CLI_CONFIG_FILE: file}).run().env).toEqual({})
  expect(machine({XDG_CACHE_HOME: file}).run().env).toEqual({})
})
