import {expect, it} from 'vitest'

import {
  harm,
  harmless,
  type LifecycleRule,
  OLD_VERSIONS,
  rulesFor,
  withRule,
} from '../../src/state/backend/lifecycle.js'

const rule = (more: LifecycleRule): LifecycleRule => ({ID: 'theirs', Status: 'Enabled', Filter: {Prefix: ''}, ...more})
const days = (NoncurrentDays: number) => ({NoncurrentVersionExpiration: {NoncurrentDays}})

it.each<[string, LifecycleRule, boolean]>([
  ['the whole bucket', rule({}), true],
  ['the whole bucket, said without a filter', {Status: 'Enabled'}, true],
  ['the app', rule({Filter: {Prefix: 'app/'}}), true],
  ['the beginning of its name', rule({Filter: {Prefix: 'a'}}), true],
  ['one environment', rule({Filter: {And: {Prefix: 'app/dev/'}}}), true],
  ['one environment, the old way', {Status: 'Enabled', Prefix: 'app/dev/'}, true],
  ['backups', rule({Filter: {Prefix: 'backups/'}}), false],
  ['another app whose name begins the same', rule({Filter: {Prefix: 'app2/'}}), false],
  ['tagged objects, as Terraform writes none', rule({Filter: {Tag: {Key: 'a', Value: 'b'}}}), false],
  ['nothing: it is off', rule({Status: 'Disabled'}), false],
])('knows whether a rule acts on the states when it is for %s', (_, given, expected) => {
  expect(rulesFor('app', [given]).length > 0).toBe(expected)
})

it.each<[LifecycleRule, string | undefined]>([
  [rule(days(89)), 'rule theirs keeps them 89 days'],
  [rule(days(90)), undefined],
  [rule({Expiration: {Days: 365}}), 'rule theirs deletes the state itself'],
  [rule({Expiration: {ExpiredObjectDeleteMarker: true}}), undefined],
  [rule({ID: undefined, ...days(1)}), 'a rule keeps them 1 days'],
  [rule({Filter: {Prefix: 'backups/'}, Expiration: {Days: 30}}), 'rule theirs deletes backups'],
  [rule({Filter: {Prefix: 'backups/dev/'}, Expiration: {Date: new Date(0)}}), 'rule theirs deletes backups'],
  [rule({Filter: {Prefix: 'backups/'}, ...days(1)}), undefined],
  [rule({Filter: {Prefix: 'logs/'}, Expiration: {Days: 30}}), undefined],
  [rule({Status: 'Disabled', Expiration: {Days: 30}}), undefined],
])('says what a rule takes away: %o', (given, expected) => {
  expect(harm('app', given)).toBe(expected)
})

it('takes the harm out of rules and leaves the rest of them', () => {
  const uploads = {AbortIncompleteMultipartUpload: {DaysAfterInitiation: 3}}
  const others = rule({ID: 'logs', Filter: {Prefix: 'logs/'}, Expiration: {Days: 7}})
  const short = rule({
    ...uploads,
    NoncurrentVersionExpiration: {NoncurrentDays: 30, NewerNoncurrentVersions: 5},
    Expiration: {ExpiredObjectDeleteMarker: true},
  })
  expect(harmless('app', [others, short])).toEqual([
    others,
    {...short, NoncurrentVersionExpiration: {NoncurrentDays: 90, NewerNoncurrentVersions: 5}},
  ])
})

it('lets backups live, and leaves the rest of such a rule as it is', () => {
  const backups = rule({Filter: {Prefix: 'backups/'}, Expiration: {Days: 30}, ...days(7)})
  const {Expiration: _, ...rest} = backups
  expect(harmless('app', [backups])).toEqual([rest])
})

it('drops a rule that did nothing but harm, because S3 takes no rule that does nothing', () => {
  expect(harmless('app', [rule({Expiration: {Days: 30}})])).toEqual([])
})

it('adds its rule beside others, whose old-fashioned prefixes S3 would then refuse', () => {
  const old = {ID: 'old', Status: 'Enabled', Prefix: 'logs/', Expiration: {Days: 7}}
  const {Prefix, ...same} = old
  expect(withRule([old], OLD_VERSIONS)).toEqual([{...same, Filter: {Prefix}}, OLD_VERSIONS])
  expect(withRule([{...OLD_VERSIONS, Status: 'Disabled'}], OLD_VERSIONS)).toEqual([OLD_VERSIONS])
})
