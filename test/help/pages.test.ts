import {describe, expect, test} from 'vitest'

import {widthOf} from '../../src/columns.js'
import {commandPage, type Described} from '../../src/help/command-page.js'
import {exitCodesPage, rootPage, topicPage} from '../../src/help/overview.js'
import {paintFor} from '../../src/terminal/colours.js'

const page = {width: 80, paint: paintFor(false)}
const flag = {type: 'boolean', allowNo: false} as const
const deploy = {
  id: 'deploy',
  description: 'Deploy an image: a blue/green deployment, shown live.',
  examples: ['fb deploy --env prod --tag 1.1.0', {command: 'fb deploy --dry-run', description: 'only look'}],
  args: {id: {name: 'id', description: 'which one'}},
  flags: {
    json: {...flag, name: 'json', description: 'print JSON', helpGroup: 'GLOBAL'},
    env: {type: 'option', name: 'env', char: 'e', description: 'environment', helpGroup: 'GLOBAL', env: 'FB_ENV'},
    wait: {
      type: 'option',
      name: 'wait',
      description: 'for what',
      options: ['started', 'traffic', 'complete'],
      default: 'traffic',
    },
    tag: {type: 'option', name: 'tag', char: 't', description: 'image tag', required: true},
    shy: {...flag, name: 'shy', description: 'hidden', hidden: true},
  },
} as unknown as Described
const others = ['sandbox:reset', 'zebra', 'help'].map((id) => ({...deploy, id, description: `About ${id}. More.`}))

describe("a command's page", () => {
  test('gives examples first, then its own flags, then the global ones', () => {
    expect(commandPage(deploy, page)).toEqual([
      'Deploy an image: a blue/green deployment, shown live.',
      '',
      'EXAMPLES',
      '  fb deploy --env prod --tag 1.1.0',
      '  # only look',
      '  fb deploy --dry-run',
      '',
      'USAGE',
      '  fb deploy [ID] --tag TAG [FLAGS]',
      '',
      'ARGUMENTS',
      '  ID  which one',
      '',
      'FLAGS',
      '      --wait WAIT  for what [one of started, traffic, complete; default traffic]',
      '  -t, --tag TAG    image tag [required]',
      '',
      'GLOBAL FLAGS',
      '  -e, --env ENV  environment [FB_ENV]',
      '      --json     print JSON',
      '',
      'EXIT CODES',
      '  0 done, 2 wrong usage; the others: fb help exit-codes',
    ])
  })

  test.each([40, 60, 80])('fits %i columns, with and without colours', (width) => {
    for (const paint of [paintFor(true), paintFor(false)]) {
      const sections = [
        ...rootPage([deploy, ...others], {width, paint}).slice(15),
        ...exitCodesPage({width, paint}).slice(1),
      ]
      for (const line of sections) expect(widthOf(line), line).toBeLessThanOrEqual(width)
    }
  })
})

describe('the overview', () => {
  const text = rootPage([deploy, ...others], page)

  test('says what each command does in its first words', () => {
    expect(text).toContain('  deploy  Deploy an image')
    expect(text).toContain('  sandbox reset  About sandbox:reset')
  })

  test('forgets no command that nobody has given a place', () => {
    expect(text.indexOf('  zebra  About zebra')).toBeGreaterThan(text.indexOf('MORE'))
  })

  test('a topic lists what is below it', () => {
    const lines = topicPage({name: 'sandbox', description: 'no AWS'}, [others[0]!], page)
    expect(lines[0]).toBe('fb sandbox: no AWS')
    expect(lines).toContain('  sandbox reset  About sandbox:reset')
  })
})
