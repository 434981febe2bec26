import {expect, it} from 'vitest'

import {nearest} from '../../src/config/nearest.js'

it.each([
  ['prd', ['dev', 'prod', 'test'], ['prod']],
  ['tga', ['tag', 'image'], ['tag']],
  ['stat', ['status', 'start'], ['status', 'start']],
  ['deplyo', ['deploy', 'status'], ['deploy']],
  ['xyz', ['deploy', 'status'], []],
])('%s', (word, known, expected) => expect(nearest(word, known)).toEqual(expected))
