import {expect, it} from 'vitest'

import {changesBetween, sameDefinition} from '../../src/deploy/changes.js'
import type {TaskDefinition} from '../../src/deploy/task-definition.js'

const sparse: TaskDefinition = {
  family: 'api',
  cpu: '256',
  containerDefinitions: [
    {
      name: 'app',
      image: 'repo:1@sha256:aa',
      environment: [{name: 'LOG_LEVEL', value: 'info'}],
      secrets: [{name: 'DATABASE_URL', valueFrom: '/app/dev/DATABASE_URL'}],
      portMappings: [{containerPort: 8000}],
    },
  ],
}
/** What DescribeTaskDefinition answers after the sparse one was registered. */
const registered = {
  ...sparse,
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:1:task-definition/api:7',
  revision: 7,
  status: 'ACTIVE',
  registeredBy: 'arn:aws:iam::1:user/ana',
  volumes: [],
  placementConstraints: [],
  containerDefinitions: [
    {
      ...sparse.containerDefinitions[0]!,
      cpu: 0,
      essential: true,
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      portMappings: [{containerPort: 8000, hostPort: 8000, protocol: 'tcp'}],
    },
  ],
} as unknown as TaskDefinition

const withContainer = (change: object): TaskDefinition => ({
  ...sparse,
  containerDefinitions: [{...sparse.containerDefinitions[0]!, ...change}],
})

it('sees no difference between a sparse template and what AWS made of it', () => {
  expect(changesBetween(registered, sparse, 'app')).toEqual([])
  expect(sameDefinition(registered, sparse, 'app')).toBe(true)
})

it('keys variables and secrets by name, whatever their order', () => {
  const before = withContainer({
    environment: [
      {name: 'A', value: '1'},
      {name: 'B', value: '2'},
    ],
  })
  const after = withContainer({
    environment: [
      {name: 'B', value: '2'},
      {name: 'A', value: '1'},
    ],
  })
  expect(changesBetween(before, after, 'app')).toEqual([])
})

it('says what was added, removed and changed', () => {
  const after = withContainer({
    environment: [
      {name: 'LOG_LEVEL', value: 'debug'},
      {name: 'NEW', value: ''},
    ],
    secrets: [],
  })
  expect(changesBetween(sparse, {...after, cpu: '512'}, 'app')).toEqual([
    {what: 'env LOG_LEVEL', before: 'info', after: 'debug'},
    {what: 'env NEW', before: undefined, after: ''},
    {what: 'secret DATABASE_URL', before: '/app/dev/DATABASE_URL', after: undefined},
    {what: 'cpu', before: '256', after: '512'},
  ])
})

it.each([
  ['API_TOKEN', 'hunter2'],
  ['DB_PASSWORD', 'hunter2'],
  ['DATABASE', 'postgres://app:hunter2@db/app'],
])('never shows the value of %s', (name, value) => {
  const changes = changesBetween(sparse, withContainer({environment: [{name, value}]}), 'app')
  expect(JSON.stringify(changes)).not.toContain('hunter2')
  expect(changes).toContainEqual({what: `env ${name}`, before: undefined, after: '(hidden)'})
})

it('takes another digest of the same tag for a change, but not the pinning of a tag', () => {
  const other = withContainer({image: 'repo:1@sha256:bb'})
  const unpinned = withContainer({image: 'repo:1'})
  expect(sameDefinition(sparse, other, 'app')).toBe(false)
  expect(sameDefinition(unpinned, sparse, 'app')).toBe(true)
})

it('hides what looks like a secret in any container and any option', () => {
  const sidecar = (value: string) => ({
    ...sparse,
    containerDefinitions: [
      ...sparse.containerDefinitions,
      {
        name: 'agent',
        image: 'agent:1',
        environment: [{name: 'DD_API_KEY', value}],
        logConfiguration: {logDriver: 'splunk', options: {'splunk-token': value}},
      },
    ],
  })
  const changes = changesBetween(sidecar('old-hunter2'), sidecar('new-hunter2'), 'app')
  expect(changes).toHaveLength(2)
  expect(JSON.stringify(changes)).not.toContain('hunter2')
})

it('does not mind the order of keys, but minds the name of a port', () => {
  const depends = (one: object) => withContainer({dependsOn: [one]})
  expect(
    changesBetween(
      depends({containerName: 'a', condition: 'START'}),
      depends({condition: 'START', containerName: 'a'}),
      'app',
    ),
  ).toEqual([])
  const port = (name?: string) => withContainer({portMappings: [{containerPort: 8000, name}]})
  expect(changesBetween(port('http'), port('web'), 'app')).toHaveLength(1)
})
