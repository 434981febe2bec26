import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'

import type {Definition} from '../../src/infra/definition.js'
import {keptBytes, keptPlan, readKept} from '../../src/infra/kept-plan.js'
import {readPlan} from '../../src/infra/plan.js'
import {asidesText, planText} from '../../src/infra/plan-text.js'
import {canvas} from '../support/canvas.js'

/** Recorded from Terraform 1.11 and hashicorp/aws 5.100 against moto, and cut: no database any more, another port, a NAT gateway per zone. */
const {document, plan: json} = JSON.parse(readFileSync('test/support/plan-dev.json', 'utf8'))
const definition: Definition = {
  app: 'fix',
  env: 'dev',
  account: '123456789012',
  region: 'us-east-1',
  document,
  hooks: [],
}
const recorded = () => readPlan(json, definition)
const text = (plan = recorded()) => planText(plan, {}, canvas())

it('counts what would be done, and leaves out what is as it should be', () => {
  const {counts, changes, empty} = recorded()
  expect(counts).toMatchObject({create: 5, update: 5, replace: 2, destroy: 10})
  expect(changes.map(({address}) => address)).not.toContain('aws_vpc.main')
  expect(empty).toBe(false)
})

it('puts everything under its module, in the order of the definition', () => {
  const modules = [...new Set(recorded().changes.map(({module}) => module))]
  expect(modules).toEqual(['vpc', 'ecs', 'waf', 'lambda', 'security', ''])
  expect(text().filter((line) => /^\w/.test(line))).toContain('no longer in the definition')
})

it('says which attribute forces a new one', () => {
  const blue = recorded().changes.find(({address}) => address === 'aws_lb_target_group.blue')
  expect(blue).toMatchObject({action: 'replace', newFirst: false, reason: 'AWS cannot change port in place'})
  expect(blue?.attributes).toEqual([{name: 'port', before: 8000, after: 8001, replaces: true}])
  expect(text()).toContain('      port  8000 → 8001  forces a new one')
})

it('shows what changes in a nested block, and what only AWS will know', () => {
  expect(text()).toContain('      rule[1].override_action[0].count[0]  none → {}')
  expect(text().join('\n')).toMatch(/nat_gateway_id {2}"nat-\w+" → \(known after apply\)/)
})

it('names on its own what would be lost, and why', () => {
  const lines = text()
  const at = lines.indexOf('What would be lost')
  expect(lines.slice(at)).toContain('    lost  the database with all that is in it; fb takes a last snapshot of it')
  expect(lines.slice(at)).toContain('    why   the definition has it no more')
  expect(lines.slice(at).join('\n')).not.toContain('aws_lb.main')
})

it('says which way the costs go', () => {
  expect(recorded().costs).toEqual([
    {name: 'db.t4g.micro database', more: 0, less: 1, monthlyUsd: -0.016 * 730},
    {name: 'NAT gateway', more: 2, less: 0, monthlyUsd: 2 * 0.045 * 730},
  ])
  expect(text().join(' ')).toContain('about $54 a month more')
})

it('fits into 80 columns', () => {
  expect(text().filter((line) => line.length > 80)).toEqual([])
})

it('says when nothing differs', () => {
  const plan = readPlan({resource_changes: [], output_changes: {}}, definition)
  expect(plan.empty).toBe(true)
  expect(text(plan)).toEqual(['✔ Nothing differs: dev · 1234-5678-9012 · us-east-1'])
})

const CANARY = 'hunter2-canary'
const change = (address: string, values: object, more: object = {}) => {
  const [type = '', name = ''] = address.split('.')
  return {address, mode: 'managed', type, name, change: values, ...more}
}
const planOf = (...changes: object[]) => readPlan({resource_changes: changes}, definition)

it('says what larger tasks and more of them cost', () => {
  const tasks = (cpu: string, memory: string, count: number, provider = 'FARGATE') => [
    {family: 'app-v1-dev', cpu, memory},
    {name: 'app-v1-dev', desired_count: 9, capacity_provider_strategy: [{capacity_provider: provider}]},
    {resource_id: 'service/app-dev/app-v1-dev', min_capacity: count},
  ]
  const costs = (before: ReturnType<typeof tasks>, after: ReturnType<typeof tasks>) =>
    planOf(
      ...['aws_ecs_task_definition.app', 'aws_ecs_service.app_service', 'aws_appautoscaling_target.tasks'].map(
        (one, i) => change(one, {actions: ['update'], before: before[i], after: after[i]}),
      ),
    ).costs
  const small = {name: '0.25-vCPU 0.5-GB task', monthlyUsd: expect.closeTo(-9.01, 2)}
  expect(costs(tasks('256', '512', 1), tasks('4096', '8192', 2))).toEqual([
    {name: '4-vCPU 8-GB task', more: 2, less: 0, monthlyUsd: expect.closeTo(288.32, 2)},
    {...small, more: 0, less: 1},
  ])
  expect(costs(tasks('256', '512', 3), tasks('256', '512', 2))).toEqual([{...small, more: 0, less: 1}])
  expect(costs(tasks('256', '512', 1), tasks('256', '512', 1))).toEqual([])
  expect(costs(tasks('256', '512', 1), tasks('256', '512', 1, 'FARGATE_SPOT'))).toEqual([
    {name: '0.25-vCPU 0.5-GB Spot task', more: 1, less: 0},
    {...small, more: 0, less: 1},
  ])
})

it('never tells a secret: what Terraform marks, what the provider marks, and what its name calls one', () => {
  const update = (before: object, after: object, more: object = {}) => ({actions: ['update'], before, after, ...more})
  const plan = planOf(
    change('aws_x.marked', update({odd: 'a'}, {odd: CANARY}, {after_sensitive: {odd: true}})),
    change('aws_x.nested', update({l: [{v: CANARY}]}, {l: [{v: 'b'}]}, {before_sensitive: {l: [{v: true}]}})),
    change('aws_ssm_parameter.one', update({value: 'a'}, {value: CANARY})),
    change('aws_x.named', update({variables: {DB_PASSWORD: 'a'}}, {variables: {DB_PASSWORD: CANARY}})),
    change('aws_x.text', update({policy: '{"token":"a"}'}, {policy: `{"token":"${CANARY}"}`})),
  )
  expect(plan.changes.map(({attributes}) => attributes.length)).toEqual([1, 1, 1, 1, 1])
  expect(JSON.stringify(plan)).not.toContain(CANARY)
  expect(text(plan).join('\n')).not.toContain(CANARY)
})

it('never tells a sensitive output', () => {
  const values = (sensitive: boolean) => ({actions: ['update'], before: 'a', after: CANARY, after_sensitive: sensitive})
  const plan = readPlan(
    {output_changes: {odd: values(true), db_password: values(false), url: {actions: ['no-op']}}},
    definition,
  )
  expect(plan.outputs).toHaveLength(2)
  expect(JSON.stringify(plan)).not.toContain(CANARY)
})

it.each([
  [['delete', 'create'], {action_reason: 'replace_because_tainted'}, 'replace', 'it was not made to its end (tainted)'],
  [['create', 'delete'], {action_reason: 'replace_by_triggers'}, 'replace', 'what it hangs on changes'],
  [['delete'], {action_reason: 'delete_because_each_key'}, 'destroy', 'the definition has it no more'],
  [['forget'], {}, 'forget', undefined],
  [['no-op'], {previous_address: 'aws_x.old'}, 'move', undefined],
  [['delete'], {action_reason: 'something_new'}, 'destroy', 'something new'],
])('reads the actions %j with %j as %s', (actions, more, action, reason) => {
  const {changes} = planOf(change('aws_x.one', {actions, before: {id: 'x-1'}, after: null}, more))
  expect(changes).toEqual([expect.objectContaining({action, ...(reason ? {reason} : {})})])
})

it('keeps a plan with everything that an apply of it needs', () => {
  const made = {plan: recorded(), provider: '5.100.0', files: {'plan.tfplan': Buffer.from([0, 255, 1])}}
  const kept = keptPlan({definition}, made, {fb: '1.0.0', by: 'arn:x', made: new Date(0)})
  expect(readKept(keptBytes(kept), 'x').files['plan.tfplan']).toEqual(Buffer.from([0, 255, 1]))
  const elsewhere = {...kept, files: {...kept.files, '../../.bashrc': Buffer.from('rm')}}
  expect(() => readKept(keptBytes(elsewhere), 'x.tfplan')).toThrow('x.tfplan is not a plan of fb.')
  expect(() => readKept(Buffer.from('PK\u0003\u0004'), 'x.tfplan')).toThrow('x.tfplan is not a plan of fb.')
})

it('says of which modules alone it is, and nothing of a load balancer that is not among them', () => {
  const said = (modules?: string[]) =>
    asidesText({warnings: [], modules, plainHttp: true}, {env: 'dev'}, canvas()).join(' ')
  expect(said(['kms'])).toBe('! Only kms and what it needs: the rest may differ too.')
  expect(said(['kms', 'ssm'])).toBe('! Only kms and ssm and what they need: the rest may differ too.')
  for (const modules of [undefined, ['ecs']]) expect(said(modules)).toContain('speaks plain HTTP')
})
