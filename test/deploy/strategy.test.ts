import {expect, it} from 'vitest'

import {configurationName, shiftMinutes, shiftSteps} from '../../src/deploy/strategy.js'

it('moves linear traffic in equal steps and ends at 100', () => {
  const steps = shiftSteps({name: 'x', kind: 'linear', percent: 30, everyMinutes: 3})
  expect(steps).toEqual([
    {minute: 0, percent: 30},
    {minute: 3, percent: 60},
    {minute: 6, percent: 90},
    {minute: 9, percent: 100},
  ])
})

it('takes the time CodeDeploy documents: nine intervals for ten steps of ten percent', () => {
  expect(shiftMinutes({name: 'x', kind: 'linear', percent: 10, everyMinutes: 1})).toBe(9)
  expect(shiftMinutes({name: 'x', kind: 'canary', percent: 10, everyMinutes: 5})).toBe(5)
  expect(shiftMinutes({name: 'x', kind: 'all-at-once', percent: 100, everyMinutes: 0})).toBe(0)
})

it('knows the short names and leaves any other as it is', () => {
  expect(configurationName('canary')).toBe('CodeDeployDefault.ECSCanary10Percent5Minutes')
  expect(configurationName('my-own')).toBe('my-own')
})
