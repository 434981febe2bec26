import {expect, it} from 'vitest'

import {loses, lossOf} from '../../src/infra/losses.js'
import type {Plan} from '../../src/infra/plan.js'

const planOf = (type: string, action: 'create' | 'replace' | 'destroy') =>
  ({changes: [{type, action, ...lossOf(action, type, {})}]}) as unknown as Plan

it.each(['aws_db_instance', 'aws_kms_key', 'aws_lb', 'aws_vpc', 'aws_ecs_service'])(
  'takes more than a yes to replace or destroy %s anywhere',
  (type) => {
    for (const environment of [{protected: false}, {protected: true}]) {
      expect(loses(planOf(type, 'destroy'), environment)).toBe(true)
      expect(loses(planOf(type, 'replace'), environment)).toBe(true)
      expect(loses(planOf(type, 'create'), environment)).toBe(false)
    }
  },
)

it('takes it for logs and parameters where people have said that the environment matters', () => {
  for (const type of ['aws_cloudwatch_log_group', 'aws_ssm_parameter']) {
    expect(loses(planOf(type, 'destroy'), {protected: true})).toBe(true)
    expect(loses(planOf(type, 'destroy'), {protected: false})).toBe(false)
  }
})

it('takes no more than a yes for what holds nothing', () => {
  expect(loses(planOf('aws_cloudwatch_metric_alarm', 'destroy'), {protected: true})).toBe(false)
})
