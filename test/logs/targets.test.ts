import {describe, expect, it} from 'vitest'

import type {Task} from '../../src/deploy/service.js'
import type {Container} from '../../src/deploy/task-definition.js'
import {NotFound} from '../../src/errors.js'
import {type GroupNames, namingGroups} from '../../src/logs/group-names.js'
import {targetsOf} from '../../src/logs/targets.js'

const whose = {service: 'v1', region: 'us-east-1'}

const container = (name: string, options: Record<string, string> = {}): Container => ({
  name,
  image: 'i',
  logConfiguration: {
    logDriver: 'awslogs',
    options: {'awslogs-group': '/ecs/app', 'awslogs-stream-prefix': 'p', ...options},
  },
})

const stopped = (id: string, exitCode: number | undefined): Task => ({
  id,
  taskDefinition: 'arn',
  stoppedAt: new Date(1000),
  containers: [{name: 'app', exitCode}],
})

const ecs = (containers: Container[], tasks: Task[] = []) => ({
  service: async () => ({taskDefinition: 'arn', taskSets: []}) as never,
  taskDefinition: async () => ({arn: 'arn', tags: {}, definition: {family: 'f', containerDefinitions: containers}}),
  tasks: async () => tasks,
})

describe('the tasks that have stopped', () => {
  const previous = (tasks: Task[]) => targetsOf(ecs([container('app')], tasks), whose, {previous: true})

  it('are all read, a hundred streams at a time', async () => {
    const {sources, notes} = await previous(Array.from({length: 250}, (_, i) => stopped(`t${i}`, 1)))
    expect(sources.map(({streams}) => streams!.length)).toEqual([100, 100, 50])
    expect(new Set(sources.flatMap(({streams}) => streams)).size).toBe(250)
    expect(notes).toEqual([])
  })

  it('have a stream only when they have started, and those that have none are told', async () => {
    const stopping = {...stopped('c', undefined), startedAt: new Date(0)}
    const {sources, notes} = await previous([stopped('a', 0), stopped('b', undefined), stopping])
    expect(sources).toEqual([{group: '/ecs/app', streams: ['p/app/a', 'p/app/c'], service: 'v1'}])
    expect(notes).toEqual(['1 stopped task has not started its containers and logged nothing; fb status says why.'])
    await expect(previous([stopped('b', undefined)])).rejects.toThrow(
      'No stopped task of v1 has started its containers',
    )
  })
})

it('of tasks that have stopped no stream is asked for that their revision has not', async () => {
  const revisions: Record<string, Container[]> = {old: [container('app')], new: [container('app'), container('otel')]}
  const tasks = [
    {...stopped('a', 1), taskDefinition: 'old', startedAt: new Date(0)},
    {...stopped('b', 1), taskDefinition: 'new', startedAt: new Date(0)},
  ]
  const aws = {
    ...ecs([], tasks),
    taskDefinition: async (arn: string) => ({
      arn,
      tags: {},
      definition: {family: 'f', containerDefinitions: revisions[arn]!},
    }),
  }
  const {sources} = await targetsOf(aws, whose, {previous: true})
  expect(sources.map(({streams}) => streams)).toEqual([['p/app/a', 'p/app/b'], ['p/otel/b']])
})

describe('a container that logs in another Region', () => {
  const far = container('far', {'awslogs-region': 'eu-west-1', 'awslogs-group': '/ecs/far'})

  it('is not looked for in this one, and it is told where its lines are', async () => {
    const here = container('app', {'awslogs-region': 'us-east-1'})
    const {sources, notes} = await targetsOf(ecs([here, far]), whose, {})
    expect(sources).toEqual([{group: '/ecs/app', prefix: 'p/app/', service: 'v1'}])
    expect(notes).toEqual([
      'Container far logs to CloudWatch in eu-west-1: its lines are not here, but with --group /ecs/far --region eu-west-1.',
    ])
  })

  it('is an error when there is no other', async () => {
    await expect(targetsOf(ecs([far]), whose, {})).rejects.toMatchObject({
      message: 'No container of v1 logs to CloudWatch in us-east-1.',
      exitCode: 3,
      next: ['--group /ecs/far --region eu-west-1'],
    })
  })
})

describe('a group that is not there', () => {
  const groups = ['/aws/lambda/canary', '/ecs/app-dev', '/ecs/app-prod']
  const asked = (group: string, names: GroupNames) => {
    const missing = async () => {
      throw new NotFound('There is no log group.', {code: 'no_group'})
    }
    return namingGroups([groups[0]!, group], names, missing).catch((error: NotFound) => error)
  }

  it.each([
    ['/ecs/app-prd', ['Did you mean /ecs/app-prod or /ecs/app-dev?'], ['--group /ecs/app-prod']],
    ['/ecs/nope-at-all', ['No group has a name like that; there are /ecs/app-dev, /ecs/app-prod.'], ['fb logs groups']],
    ['nope', ['No group has a name like that.'], ['fb logs groups']],
  ])('is told with those that are: %s', async (group, because, next) => {
    const message = `There is no log group ${group}.`
    const names = async (prefix = '') => groups.filter((name) => name.startsWith(prefix))
    expect(await asked(group, names)).toMatchObject({message, because, next})
  })

  it('is told with those of its kind, also when there are more of another kind than can be listed', async () => {
    const many = Array.from({length: 600}, (_, i) => `/aws/lambda/app-${i}`)
    const names = async (prefix = '') => [...many, ...groups].filter((name) => name.startsWith(prefix)).slice(0, 500)
    expect(await asked('/ecs/app-prodd', names)).toMatchObject({next: ['--group /ecs/app-prod']})
  })

  it('is told by the ARN that was given, which can be in another account', async () => {
    const names = async (prefix = '') => groups.filter((name) => name.startsWith(prefix))
    const arn = 'arn:aws:logs:us-east-1:222222222222:log-group:/ecs/app-prod'
    expect(await asked(arn, names)).toMatchObject({
      message: `There is no log group ${arn}.`,
      because: ['Did you mean /ecs/app-dev?'],
    })
  })

  it('is told also when the others cannot be seen', async () => {
    const denied = async () => {
      throw new Error('denied')
    }
    expect(await asked('x', denied)).toMatchObject({
      because: ['fb could not list the groups to find one with a name like that.'],
    })
  })
})
