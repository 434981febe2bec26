import {expect, it} from 'vitest'

import {failureParts, laidOut} from '../../src/deploy/failure-text.js'
import {canvas} from '../support/canvas.js'

const failure = {
  code: 'exit_1',
  summary: 'x',
  evidence: [1, 2, 3, 4].map((n) => ({source: `api${n}`, message: `said ${'so '.repeat(20)}`, count: n})),
  logs: ['Traceback (most recent call last):', ...Array.from({length: 30}, (_, n) => `  frame ${n}`), 'KeyError: 1'],
  changes: [
    {what: 'env DATABASE_URL', before: 'postgres'},
    {what: 'secret REDIS_URL', after: 'arn:aws:ssm:x'},
    {what: 'cpu', before: '256', after: '512'},
    {what: 'env PASSWORD', before: '(hidden)', after: '(hidden)'},
  ],
  fix: 'mend it',
}
const drawn = (height?: number) => {
  const on = {...canvas({width: 80}), ...(height && {height})}
  return laidOut([...failureParts(failure, 'v3', on), {name: 'Next', lines: ['fb status']}], '✖ failed', on)
}

it('says what the release has changed in the words of the release before it', () => {
  const text = drawn().join('\n')
  expect(text).toContain('Change env DATABASE_URL is gone; v3 had postgres\n')
  expect(text).toContain('         secret REDIS_URL is new: arn:aws:ssm:x\n')
  expect(text).toContain('         cpu 256 → 512\n')
  expect(text).toContain('         env PASSWORD is another one\n')
})

it('keeps everything where there is no screen', () => {
  expect(drawn().filter((line) => line.includes('frame'))).toHaveLength(30)
  expect(drawn().join()).not.toContain('…')
})

it('fits a screen: the error stays, the frames before it go first, then changes, then evidence', () => {
  const low = drawn(24)
  expect(low.length).toBeLessThanOrEqual(22)
  expect(low[0]).toBe('✖ failed')
  expect(low.join('\n')).toMatch(/Log {4}… 25 more\n( {11}frame \d+\n){6} {9}KeyError: 1\n/)
  expect(low.join('\n')).toMatch(/Seen {3}api1: [\s\S]* {9}api4 4x: /)
  expect(low.at(-1)).toBe('  Next   fb status')
  const lowest = drawn(16).join('\n')
  expect(lowest).toMatch(/Seen {3}api1: [\s\S]* {9}… 2 more\n/)
  expect(lowest).toMatch(/Log {4}… 29 more\n {11}frame 28\n {11}frame 29\n {9}KeyError: 1\n/)
  expect(lowest).toMatch(/Change env DATABASE_URL is gone; v3 had postgres\n {9}secret REDIS_URL .*\n {9}… 2 more\n/)
  expect(drawn(40).filter((line) => line.includes('frame')).length).toBeGreaterThan(10)
})
