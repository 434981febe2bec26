import {expect, it} from 'vitest'

import type {Change} from '../../src/infra/plan.js'
import {Progress} from '../../src/infra/progress.js'
import {said} from '../../src/terraform/said.js'
import {canvas} from '../support/canvas.js'

const MODULES: Record<string, string> = {aws_vpc: 'vpc', aws_nat_gateway: 'vpc', aws_lb: 'ecs'}

const change = (address: string, action: Change['action'] = 'create') => {
  const [type = '', name = ''] = address.split('.')
  return {address, type, name, action, module: MODULES[type]!, attributes: []}
}

function following(changes: Change[]) {
  let seconds = 0
  let ending = false
  const options = {now: () => seconds * 1000, ending: () => ending}
  const progress = new Progress(changes, ({type}) => MODULES[type] ?? '', options)
  const hear = (type: string, addr: string, action = 'create') =>
    progress.hear(said(JSON.stringify({type, hook: {resource: {addr}, action}})))
  return {
    progress,
    hear,
    after(more: number) {
      seconds += more
    },
    end() {
      ending = true
    },
    picture: () => progress.panel(canvas()),
  }
}

it('draws an apply by module, and names what is slow and how long it mostly takes', () => {
  const {hear, after, picture} = following([change('aws_vpc.main'), change('aws_nat_gateway.a'), change('aws_lb.main')])
  hear('apply_start', 'aws_vpc.main')
  after(3)
  expect(hear('apply_complete', 'aws_vpc.main')).toBe('vpc: aws_vpc.main created (3s), 1 of 3')
  hear('apply_start', 'aws_nat_gateway.a')
  after(12)
  expect(picture()).toEqual([
    '◐ vpc    1 of 2     15s',
    '    aws_nat_gateway.a creating 12s  a NAT gateway takes 2 minutes',
    '○ ecs    0 of 1',
  ])
})

it('says once a minute that something is still being made', () => {
  const {hear, after} = following([change('aws_lb.main')])
  hear('apply_start', 'aws_lb.main')
  after(59)
  expect(hear('apply_progress', 'aws_lb.main')).toBeUndefined()
  after(2)
  expect(hear('apply_progress', 'aws_lb.main')).toBe(
    'aws_lb.main still creating after 1m01s: a load balancer takes 2 to 4 minutes',
  )
  expect(hear('apply_progress', 'aws_lb.main')).toBeUndefined()
})

it('counts a replacement as two changes, and knows what failed and what was left', () => {
  const {progress, hear, end, picture} = following([change('aws_vpc.main', 'replace'), change('aws_lb.main')])
  hear('apply_start', 'aws_vpc.main', 'delete')
  hear('apply_complete', 'aws_vpc.main', 'delete')
  hear('apply_start', 'aws_vpc.main')
  expect(hear('apply_errored', 'aws_vpc.main')).toBe('vpc: aws_vpc.main creating FAILED (0s), 1 of 3')
  hear('apply_start', 'aws_lb.main')
  end()
  expect(progress.tally()).toEqual({of: 3, done: 1, begun: 3, failed: ['aws_vpc.main'], cut: ['aws_lb.main']})
  expect(picture()[0]).toBe('Terraform ends by itself and saves the state first.')
  expect(picture()[1]).toBe('✖ vpc    1 of 2     0s')
})

it('tells what failed from what Terraform gave up when it was told to end', () => {
  const {progress, hear, end} = following([change('aws_vpc.main'), change('aws_lb.main')])
  hear('apply_start', 'aws_vpc.main')
  hear('apply_start', 'aws_lb.main')
  hear('apply_errored', 'aws_vpc.main')
  end()
  hear('apply_errored', 'aws_lb.main')
  expect(progress.tally()).toMatchObject({begun: 2, failed: ['aws_vpc.main'], cut: ['aws_lb.main']})
})

it('takes no notice of data that is read, and of what it does not know', () => {
  const {progress, hear} = following([change('aws_vpc.main')])
  expect(hear('apply_start', 'data.aws_region.main', 'read')).toBeUndefined()
  expect(hear('apply_complete', 'aws_vpc.other')).toBeUndefined()
  expect(progress.tally()).toMatchObject({of: 1, done: 0, begun: 0})
})
