import {expect, it} from 'vitest'

import {type Source, withoutOverlap} from '../../src/logs/source.js'

const task = (id: string): Source => ({group: 'g', prefix: `ecs-v1/app/${id}`})

it.each<[string, Source[], Source[]]>([
  ['the same group named twice', [{group: 'g'}, {group: 'g'}], [{group: 'g'}]],
  ['a task, and the same by its first digits', [task('d8b09df0'), task('d8b0')], [task('d8b0')]],
  ['a task of a group that is read anyhow', [task('d8b0'), {group: 'g'}], [{group: 'g'}]],
  ['streams that a prefix has as well', [task('d8'), {group: 'g', streams: ['ecs-v1/app/d8b0']}], [task('d8')]],
])('reads once %s', (_, sources, distinct) => expect(withoutOverlap(sources)).toEqual(distinct))

it('reads all of what differs', () => {
  const sources = [task('d8b0'), task('d8c0'), {group: 'h'}, {group: 'g', streams: ['x', 'ecs-v1/app/d8b0']}]
  expect(withoutOverlap(sources)).toEqual(sources)
})
