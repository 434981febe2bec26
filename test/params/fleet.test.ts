import {describe, expect, it} from 'vitest'
import {NotFound} from '../../src/errors.js'
import {type Fleet, parameterOf, readFleet, rolloutOf} from '../../src/params/fleet.js'

const ARN = 'arn:aws:ecs:us-east-1:1:task-definition/app:1'
const secrets = [
  {name: 'DB_URL', valueFrom: 'arn:aws:ssm:us-east-1:1:parameter/app/prod/DB_URL'},
  {name: 'PLAIN', valueFrom: 'plain-name'},
  {name: 'RDS', valueFrom: 'arn:aws:secretsmanager:us-east-1:1:secret:rds'},
]
const revision = {
  arn: ARN,
  tags: {},
  definition: {family: 'app', containerDefinitions: [{name: 'web', image: 'x', secrets}]},
}
const hour = (at: number) => new Date(Date.UTC(2026, 10, 22, at))
const task = (id: string, beganAt?: Date) => ({id, taskDefinition: ARN, beganAt, containers: []})

const service = (tasks: ReturnType<typeof task>[]) => ({
  service: async () => ({taskDefinition: ARN}),
  taskDefinition: async () => revision,
  tasks: async () => tasks,
})
const absent = {...service([]), service: async () => Promise.reject(new NotFound('There is no service.'))}
const denied = {
  ...service([]),
  tasks: async () => Promise.reject(Object.assign(new Error('no'), {name: 'AccessDeniedException', $metadata: {}})),
}

describe('who reads a parameter', () => {
  it('is known of each service; one that is not made yet reads nothing, one that cannot be seen is named', async () => {
    const fleet = await readFleet({v1: service([task('a', hour(1))]), v2: absent, v3: denied})
    expect(fleet.readers.map(({service: own, variable, parameter}) => [own, variable, parameter])).toEqual([
      ['v1', 'DB_URL', '/app/prod/DB_URL'],
      ['v1', 'PLAIN', 'plain-name'],
    ])
    expect(fleet.unknown).toEqual([expect.stringMatching(/^v3: Your role may not/)])
  })

  it('a secret of Secrets Manager is no parameter, and an ARN without a path is a plain name', () => {
    expect(parameterOf('arn:aws:ssm:us-east-1:1:parameter/plain')).toBe('plain')
    expect(parameterOf('arn:aws:secretsmanager:us-east-1:1:secret:x')).toBeUndefined()
  })
})

describe('which tasks have the newest value', () => {
  const fleetOf = (began: (number | undefined)[]): Promise<Fleet> =>
    readFleet({v1: service(began.map((at, i) => task(`${i}`, at === undefined ? undefined : hour(at))))})

  it.each([
    ['those that began after it', [3, 4], 'live', 0],
    ['none that began before it', [1, 1], 'pending', 2],
    ['some', [1, 3], 'partial', 1],
    ['one that has not read it yet will', [undefined], 'live', 0],
    ['no task at all: the next one will', [], 'live', 0],
  ] as [string, (number | undefined)[], string, number][])('%s', async (_, began, state, old) => {
    expect(rolloutOf(await fleetOf(began), '/app/prod/DB_URL', hour(2))).toMatchObject({
      state,
      old,
      tasks: began.length,
    })
  })

  it('what nobody reads is unused', async () => {
    expect(rolloutOf(await fleetOf([1]), '/app/prod/OTHER', hour(2)).state).toBe('unused')
  })
})
