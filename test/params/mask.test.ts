import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {Masker} from '../../src/params/environment.js'
import {difference, HIDDEN, masked} from '../../src/params/mask.js'

describe('a value that is shown', () => {
  it.each([
    ['postgres://u:p@db1:5432/app?ssl=1', 'postgres://•••@db1:5432/app?•••'],
    ['postgresql+asyncpg://u:p@db1/app', 'postgresql+asyncpg://•••@db1/app'],
    ['mongodb://u:p@a:1,b:2/app', 'mongodb://•••@a:1,b:2/app'],
    ['redis://:p@cache:6379/0', 'redis://•••@cache:6379/0'],
    ['https://hooks.example.com/T0/B0/XXX', 'https://hooks.example.com/•••'],
    ['https://example.com', 'https://example.com'],
    ['postgres://u:p/w@db1/app', HIDDEN],
    ['postgres://u:p#w@db1/app', HIDDEN],
    ['postgres://u:p?w@db1/app', HIDDEN],
    ['https://example.com/?mail=a@b', HIDDEN],
    ['hunter2', HIDDEN],
    ['age-secret://AGE-SECRET-KEY-1QQ', HIDDEN],
    ['ss://YWVzLTI1Ni1nY206cHc', HIDDEN],
    ['vmess://eyJhZGQiOiJ4In0', HIDDEN],
    ['postgres://user:12345678', HIDDEN],
    ['postgres://user.name:12345678', HIDDEN],
    ['https://c2VjcmV0', HIDDEN],
    ['redis://localhost:6379/0', 'redis://localhost:6379/0'],
    ['https://[::1]:80/', 'https://[::1]:80/'],
  ])('%s is %s', (value, shown) => expect(masked(value, 'X', 'SecureString')).toBe(shown))

  it('is plain configuration only when type and name say so', () => {
    expect(masked('info', 'LOG_LEVEL', 'String')).toBe('info')
    expect(masked('hunter2', 'API_TOKEN', 'String')).toBe(HIDDEN)
    expect(masked('Server=db;Pwd=hunter2', 'DSN', 'String')).toBe(HIDDEN)
    expect(masked('host=db password=hunter2', 'CONNECTION', 'String')).toBe(HIDDEN)
    expect(masked('ss://YWVz', 'API_TOKEN', 'String')).toBe(HIDDEN)
    expect(masked('x://y', 'LOG_LEVEL', 'String')).toBe('x://y')
  })

  it('never has a part of a password in it, whatever is in that', () => {
    const password = fc.string({minLength: 6, unit: 'grapheme-ascii'}).map((text) => `QZ${text}ZQ`)
    fc.assert(
      fc.property(password, (text) => {
        const shown = masked(`postgres://user:${text}@host/db`, 'X', 'SecureString')
        expect(shown).not.toMatch(/QZ|ZQ/)
      }),
      {numRuns: 2000},
    )
  })
})

it.each([
  ['postgres://u:p@a/d', 'postgres://u:q@b/d', ['password', 'host']],
  ['postgres://u:p@a/d', 'postgres://v:p@a/e?x=1', ['user', 'database', 'options']],
  ['abc', 'abc\n', ['only white space']],
  ['abc', 'abd', []],
])('the difference of %j and %j', (before, after, expected) => expect(difference(before, after)).toEqual(expected))

describe('a stream with values in it', () => {
  it('has none of them, however it is cut', () => {
    const values = fc.uniqueArray(fc.stringMatching(/^[a-c]{8,14}$/), {minLength: 1, maxLength: 4})
    fc.assert(
      fc.property(values, fc.array(fc.nat(9)), (secrets, cuts) => {
        const text = secrets.map((secret) => `x ${secret} ${Buffer.from(secret).toString('base64')}`).join('\n')
        const masker = new Masker(secrets)
        const pieces: Buffer[] = []
        let rest = Buffer.from(text)
        for (const cut of cuts) {
          pieces.push(masker.push(rest.subarray(0, cut)))
          rest = rest.subarray(cut)
        }
        const said = Buffer.concat([...pieces, masker.push(rest), masker.end()]).toString()
        for (const secret of secrets) expect(said).not.toContain(secret)
        expect(
          said
            .replaceAll('•••', '')
            .replace(/[a-c=]/g, '')
            .trim(),
        ).toMatch(/^[x \n]*$/)
      }),
    )
  })

  it('has none of one within something that is in base64 as a whole, wherever it begins there', () => {
    const text = fc.string({maxLength: 9})
    const secret = fc.string({unit: 'binary', minLength: 4, maxLength: 20}).filter((one) => Buffer.byteLength(one) >= 8)
    const alphabet = fc.constantFrom<'base64' | 'base64url'>('base64', 'base64url')
    fc.assert(
      fc.property(text, secret, text, alphabet, fc.nat(40), (before, value, after, code, cut) => {
        const whole = Buffer.from(Buffer.from(before + value + after).toString(code))
        const masker = new Masker([value])
        const said = [masker.push(whole.subarray(0, cut)), masker.push(whole.subarray(cut)), masker.end()]
        const [left, right, ...more] = Buffer.concat(said).toString().split('•••')
        expect(more).toEqual([])
        expect(left!.length).toBeLessThanOrEqual(Math.ceil((Buffer.byteLength(before) * 8) / 6))
        expect(right!.replace(/=/g, '').length).toBeLessThanOrEqual(Math.ceil((Buffer.byteLength(after) * 8) / 6) + 1)
      }),
    )
  })

  it('is the same when there is none, bytes that are no text included', () => {
    const bytes = Buffer.from([0, 255, 128, 10, 65])
    const masker = new Masker(['long enough'])
    expect(Buffer.concat([masker.push(bytes), masker.end()])).toEqual(bytes)
  })

  it('waits only for what may become a value', () => {
    expect(new Masker(['password']).push(Buffer.from('Name? ')).toString()).toBe('Name? ')
  })
})
