import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'

import {SHARED} from '../../src/config/names.js'
import {documentFor, type Wanted} from '../support/document-for.js'
import {EVERYTHING, NOTHING, TWO_SERVICES} from '../support/knobs.js'
import {noProvider, place, terraformWithAws} from '../support/terraform-aws.js'

const {domain, ...withoutDomain} = EVERYTHING
const {certificate: _, ...plain} = EVERYTHING.loadBalancer
const {apiGateway: __, ...withoutApi} = withoutDomain

/** Every environment as it is by itself, and every knob on and off. */
const DEFINITIONS: Record<string, Wanted> = {
  dev: {env: 'dev'},
  test: {env: 'test'},
  prod: {env: 'prod'},
  shared: {env: SHARED},
  everything: {env: 'prod', knobs: EVERYTHING, services: TWO_SERVICES},
  everything_shared: {env: SHARED, knobs: EVERYTHING},
  nothing: {env: 'prod', knobs: NOTHING},
  nothing_shared: {env: SHARED, knobs: NOTHING},
  /** The zone is looked up, and the certificate made. */
  zone_by_name: {knobs: {...EVERYTHING, loadBalancer: plain, domain: {name: domain.name}}},
  own_certificate: {knobs: withoutApi},
  plain_http: {knobs: {...withoutDomain, loadBalancer: plain}},
}

type Diagnostic = {summary: string; detail?: string; range?: {filename: string}; snippet?: {context?: string}}

describe.skipIf(noProvider)('Terraform and the AWS provider find nothing to say about', {timeout: 300_000}, () => {
  let found: Diagnostic[] = []

  beforeAll(async () => {
    const home = mkdtempSync(join(tmpdir(), 'fb-test-'))
    for (const [name, wanted] of Object.entries(DEFINITIONS))
      place(home, `all/${name}`, documentFor({...wanted, hooksDirectory: resolve('dist/hooks')}))
    place(home, 'all/broken', documentFor({knobs: {logs: {days: 2}}, hooksDirectory: resolve('dist/hooks')}))
    // As modules of one configuration: the provider's schema, which is all of the work, is read once.
    const modules = [...Object.keys(DEFINITIONS), 'broken'].map((name) => [name, {source: `./${name}`}])
    writeFileSync(join(home, 'all/main.tf.json'), JSON.stringify({module: Object.fromEntries(modules)}))
    const terraform = terraformWithAws(home)
    expect(await terraform('all', 'init', '-input=false', '-no-color')).toMatchObject({code: 0})
    const {stdout} = await terraform('all', 'validate', '-json')
    found = JSON.parse(stdout).diagnostics
    return () => rmSync(home, {recursive: true, force: true})
  }, 300_000)

  const about = (name: string) => found.filter(({range}) => range?.filename.startsWith(`${name}/`))

  it.each(Object.keys(DEFINITIONS))('%s', (name) => {
    expect(about(name).map(({summary, detail, snippet}) => [summary, detail, snippet?.context])).toEqual([])
  })

  it('any of them, though they say what is wrong: logs cannot be kept for two days', () => {
    expect(found).toEqual(about('broken'))
    const wrong = found.map(({detail, summary}) => `${summary} ${detail}`)
    expect(wrong.length).toBeGreaterThan(0)
    for (const one of wrong) expect(one).toMatch(/expected retention_in_days to be one of .*, got 2/)
  })
})
