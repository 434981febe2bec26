import {describe, expect, it} from 'vitest'

import {widthOf} from '../../src/columns.js'
import {bytesText, countText} from '../../src/logs/amounts.js'
import {type Group, readGroups, type Writer, writersOf} from '../../src/logs/groups.js'
import {groupsText} from '../../src/logs/groups-text.js'
import {canvasFor} from '../../src/terminal/colours.js'

const group = (name: string, more: Partial<Group> = {}): Group => ({
  name,
  retentionDays: 30,
  bytes: 1_500_000,
  class: 'STANDARD',
  createdAt: new Date(0),
  ...more,
})

const api = (all: Group[]) => ({
  groups: async (pattern = '') => all.filter(({name}) => name.includes(pattern)),
  group: async (wanted: string) => all.find(({name}) => name === wanted),
})

const writer: Writer = {service: 'v1', container: 'app-v1', group: '/ecs/app', mode: 'blocking'}

async function warnings(one: Group, more: Partial<Writer> = {}) {
  const found = await readGroups(api([one]), {writers: [{...writer, ...more}], unread: [], whole: true})
  return found.groups[0]!.warnings
}

describe('log groups', () => {
  it('are fine when they expire and nothing is lost on the way', async () => {
    expect(await warnings(group('/ecs/app'))).toEqual([])
  })

  it('that never expire are told', async () => {
    expect(await warnings(group('/ecs/app', {retentionDays: undefined}))).toEqual([
      'never expires; what is in it is kept, and paid for, for ever',
    ])
  })

  it('whose driver may lose lines are told, also when that is only the default', async () => {
    expect(await warnings(group('/ecs/app'), {mode: 'non-blocking', buffer: '4m'})).toEqual([
      'may lack lines of app-v1; its log driver is non-blocking, and drops what its buffer of 4m has no room for',
    ])
    expect((await warnings(group('/ecs/app'), {mode: undefined}))[0]).toContain(
      'non-blocking (the default, unless the account has set defaultLogDriverMode)',
    )
  })

  it('that a service writes to are among them whatever they are called, and missed when they are not there', async () => {
    const wanted = {pattern: 'other', writers: [writer], unread: [], whole: true}
    expect(
      (await readGroups(api([group('/ecs/app'), group('/x/other')]), wanted)).groups.map(({name}) => name),
    ).toEqual(['/ecs/app', '/x/other'])
    const {groups, missing} = await readGroups(api([]), wanted)
    expect([groups, missing]).toEqual([[], [writer]])
    expect(groupsText({groups, missing, unread: []}, canvasFor({isTTY: true, columns: 80}, false)).join(' ')).toContain(
      '! /ecs/app: not there, and the tasks of v1 want to write to it',
    )
  })

  it('fit on 80 columns, each told by its end', async () => {
    const long = group(`/aws/ecs/containerinsights/${'name-'.repeat(20)}/performance`)
    const {groups} = await readGroups(api([long, group('/ecs/app')]), {writers: [], unread: [], whole: true})
    const lines = groupsText({groups, missing: [], unread: []}, canvasFor({isTTY: true, columns: 80}, false))
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(80)
    expect(lines[1]).toMatch(/^\/aws\/.*….*performance/)
  })

  it('of classes that cannot be read as others are told', async () => {
    expect(await warnings(group('/ecs/app', {class: 'INFREQUENT_ACCESS'}))).toEqual([
      'of the class Infrequent Access; only fb logs search --engine insights can read it',
    ])
    expect((await warnings(group('/ecs/app', {class: 'DELIVERY'})))[0]).toContain('nothing can read it')
    expect((await warnings(group('/ecs/app'), {mode: 'non-blocking'}))[0]).toContain('its buffer of 10m')
  })

  it('that have the same trouble are told of together, whatever their number', async () => {
    const all = Array.from({length: 120}, (_, i) => group(`/aws/lambda/f${i}`, {retentionDays: undefined}))
    const found = await readGroups(api(all), {writers: [], unread: [], whole: true})
    const lines = groupsText(found, canvasFor({isTTY: true, columns: 80}, false))
    expect(lines.slice(121)).toEqual([
      '',
      '! /aws/lambda/f0, /aws/lambda/f1, /aws/lambda/f10 and 117 others: never expires;',
      '  what is in it is kept, and paid for, for ever.',
    ])
  })

  it('take the whole width of a screen, and no column in which all are alike', async () => {
    const long = group(`/aws/ecs/containerinsights/${'name-'.repeat(24)}/performance`)
    const found = await readGroups(api([long]), {writers: [], unread: [], whole: true})
    const lines = groupsText(found, canvasFor({isTTY: true, columns: 200}, false))
    expect(lines[0]).toMatch(/^GROUP +RETENTION +STORED$/)
    expect(lines[1]).toContain(long.name)
  })

  it('are those that the task definition of new tasks names in this Region', async () => {
    const options = {'awslogs-group': '/ecs/app', mode: 'non-blocking', 'max-buffer-size': '25m'}
    const containers = [
      {name: 'app', image: 'i', logConfiguration: {logDriver: 'awslogs', options}},
      {
        name: 'far',
        image: 'i',
        logConfiguration: {logDriver: 'awslogs', options: {...options, 'awslogs-region': 'eu-west-1'}},
      },
      {name: 'router', image: 'i', logConfiguration: {logDriver: 'awsfirelens'}},
    ]
    const aws = {
      service: async () => ({taskDefinition: 'arn'}) as never,
      taskDefinition: async () => ({arn: 'arn', tags: {}, definition: {family: 'f', containerDefinitions: containers}}),
    }
    expect(await writersOf(aws, {service: 'v1', region: 'us-east-1'})).toEqual([
      {service: 'v1', container: 'app', group: '/ecs/app', mode: 'non-blocking', buffer: '25m'},
    ])
  })
})

it('amounts are short and the same everywhere', () => {
  expect([0, 999, 1500, 31_480_226, 9_412_300_114, 2e15].map(bytesText)).toEqual([
    '0 B',
    '999 B',
    '1.5 kB',
    '31.5 MB',
    '9.4 GB',
    '2000 TB',
  ])
  expect([0, 1000, 1234567].map(countText)).toEqual(['0', '1,000', '1,234,567'])
})
