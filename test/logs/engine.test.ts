import {describe, expect, it} from 'vitest'

import {betterEngine, type EngineAsked, onlyEngine} from '../../src/logs/engine.js'
import {priceIn} from '../../src/logs/price.js'

const asked: EngineAsked = {engine: 'auto', counts: false, filters: false, last: false}
const GB = 2 ** 30

describe('who searches', () => {
  it('is fb, for nothing, as long as that takes less than a minute', () => {
    expect(betterEngine({bytes: 1.1 * GB, perSecond: 20})).toBe('filter')
    expect(betterEngine({bytes: 1.3 * GB, perSecond: 20})).toBe('insights')
    expect(betterEngine({bytes: 0.3 * GB, perSecond: 4})).toBe('insights')
    expect(betterEngine({perSecond: 20})).toBe('filter')
  })

  it.each<[string, Partial<EngineAsked>, string | undefined]>([
    ['nothing in particular', {}, undefined],
    ['a count by minute', {counts: true, by: 'minute'}, undefined],
    ['a count by level, which is how fb reads a line', {counts: true, by: 'level'}, 'filter'],
    ['a count of filtered lines', {counts: true, filters: true}, 'filter'],
    ['filtered lines, which Insights would have to send whole', {filters: true}, 'filter'],
    ['the newest lines', {last: true}, 'filter'],
    ['a query', {rawQuery: 'stats count(*)'}, 'insights'],
    ['an engine by name', {engine: 'insights'}, 'insights'],
  ])('is settled by %s', (_, more, engine) => {
    expect(onlyEngine({...asked, ...more})).toBe(engine)
  })

  it('cannot be one that cannot do it', () => {
    expect(() => onlyEngine({...asked, engine: 'insights', counts: true, by: 'path'})).toThrow(
      'Logs Insights cannot do it: --by path needs every line as fb reads it.',
    )
    expect(() => onlyEngine({...asked, engine: 'filter', rawQuery: 'fields x'})).toThrow('Only Logs Insights')
  })

  const groups = (count: number, kind?: string) => Array.from({length: count}, (_, i) => ({name: `g${i}`, kind}))

  it.each<[string, Partial<EngineAsked>, ReturnType<typeof groups>, string | undefined]>([
    ['fifty groups', {}, groups(50), undefined],
    ['more groups than a query takes', {}, groups(51), 'filter'],
    ['a class that only Insights can read', {}, groups(1, 'INFREQUENT_ACCESS'), 'insights'],
    ['the same for filtered lines', {filters: true}, groups(1, 'INFREQUENT_ACCESS'), 'insights'],
  ])('is settled by %s', (_, more, some, engine) => {
    expect(onlyEngine({...asked, ...more}, some)).toBe(engine)
  })

  it.each<[string, Partial<EngineAsked>, ReturnType<typeof groups>]>([
    ['Logs Insights takes 50 groups at once, and these are 51.', {engine: 'insights'}, groups(51)],
    ['Logs Insights takes 50 groups at once, and these are 51.', {rawQuery: 'fields x'}, groups(51)],
    ['Nothing of g0 can be read', {}, groups(1, 'DELIVERY')],
    ['Only Logs Insights can read g0', {engine: 'filter'}, groups(1, 'INFREQUENT_ACCESS')],
    ['Only Logs Insights can read g0', {last: true}, groups(1, 'INFREQUENT_ACCESS')],
    ['a count of filtered lines needs every line', {engine: 'insights', counts: true, filters: true}, []],
  ])('says that %s', (message, more, some) => {
    expect(() => onlyEngine({...asked, ...more}, some)).toThrow(message)
  })

  it('costs half a cent a gigabyte, and more in some Regions', () => {
    expect(priceIn('us-east-1').usd(200 * GB)).toBe(1)
    expect(priceIn('sa-east-1').usd(1000 * GB)).toBe(9)
  })
})
