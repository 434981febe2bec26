import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {type Finishing, openParams} from '../support/params.js'

describe.concurrent('fb params set', () => {
  it('says what changes of a URL, who changed it last, who reads it, and which tasks still use the old value', async (test) => {
    const {run, value} = openParams(test)
    const url = 'postgresql://app:n3w@db2.sandbox.internal:5432/app'
    const {code, stdout, stderr} = await run('set', ['DATABASE_URL', '--stdin', '--yes'], url)
    expect(code).toBe(0)
    expect(stderr).toMatch(/DATABASE_URL {2}SecureString {2}v2 → v3 {2}last changed by jonas, 7d ago/)
    expect(stderr).toMatch(/- postgresql:\/\/•••@db\.sandbox\.internal:5432\/app {2}#[0-9a-f]{6}\n/)
    expect(stderr).toMatch(/\+ postgresql:\/\/•••@db2\..*user, password, host changed/)
    expect(stderr).toContain('read by v1 (DATABASE_URL); 2 running tasks')
    expect(stdout).toContain('✔ DATABASE_URL v3\n! 2 running tasks of v1 still use the old value.')
    expect(stdout).toContain('fb params restart --service v1 --env sandbox')
    expect(await value('DATABASE_URL')).toBe(url)
  })

  it('makes no new version of the same value', async (test) => {
    const {json} = openParams(test)
    const same = await json('set', ['LOG_LEVEL=info', '--type', 'string', '--yes'])
    expect(same).toMatchObject({code: 0, result: 'unchanged', parameters: [{action: 'unchanged', version: 1}]})
  })

  it('does not say that tasks have an old value when only the description is another one', async (test) => {
    const {json} = openParams(test)
    const said = await json('set', ['LOG_LEVEL=info', '--type', 'string', '--yes', '--description', 'how much is told'])
    expect(said).toMatchObject({code: 0, result: 'written', parameters: [{action: 'updated', tasksOnOldValue: 0}]})
  })

  it('writes nothing with --dry-run, and says so in JSON without a value', async (test) => {
    const {json, value} = openParams(test)
    const plan = await json('set', ['SECRET_KEY', '--generate', '32:hex', '--dry-run'])
    expect(plan).toMatchObject({
      code: 0,
      result: 'planned',
      parameters: [{key: 'SECRET_KEY', action: 'update', previous: 1}],
    })
    expect(JSON.stringify(plan)).not.toContain(await value('SECRET_KEY'))
  })

  it('checks every value before it writes the first', async (test) => {
    const {run, json, directory} = openParams(test)
    writeFileSync(join(directory, 'bad'), '{{x}}')
    const {code, stderr} = await run('set', ['GOOD=@good', 'BAD=@bad', '--yes'])
    expect({code, stderr}).toEqual({code: 2, stderr: expect.stringContaining('The file after =@ cannot be read')})
    writeFileSync(join(directory, 'good'), 'fine')
    expect(await run('set', ['GOOD=@good', 'BAD=@bad', '--yes'])).toMatchObject({code: 2})
    expect(Object.keys(await json('list'))).toHaveLength(4)
  })

  it('names what is suspicious about a value, and stores it as it is', async (test) => {
    const {run, value} = openParams(test)
    const {stderr} = await run('set', ['TOKEN', '--stdin', '--keep-newline', '--yes'], '"quoted\\n" \n')
    expect(stderr).toContain('! the value ends with a line break')
    expect(await value('TOKEN')).toBe('"quoted\\n" \n')
  })

  it('takes one line break off what is piped in, and says so', async (test) => {
    const {run, value} = openParams(test)
    const {stderr} = await run('set', ['TOKEN', '--stdin', '--yes'], 'abc\n')
    expect(stderr).toContain('TOKEN: the last line break is not taken')
    expect(await value('TOKEN')).toBe('abc')
  })

  it('makes values up, each another one', async (test) => {
    const {run, value} = openParams(test)
    expect(await run('set', ['A', 'B', '--generate', '32:alnum', '--yes'])).toMatchObject({code: 0})
    const [a, b] = [await value('A'), await value('B')]
    expect([a, b].every((one) => /^[A-Za-z0-9]{32}$/.test(one))).toBe(true)
    expect(a).not.toBe(b)
  })

  it('keeps type, KMS key and description of what it overwrites, and says why in the history', async (test) => {
    const {run, json} = openParams(test)
    await run('set', ['DATABASE_URL', '--stdin', '--yes', '--reason', 'failover'], 'x')
    const history = await json('history', ['DATABASE_URL'])
    expect(history['0']).toMatchObject({
      version: 3,
      type: 'SecureString',
      keyId: 'alias/fastapi-bootstrap-sandbox',
      description: 'the application’s database',
      reason: 'failover',
    })
  })
})

describe.concurrent('the full name of another environment’s parameter', () => {
  it.for([
    ['set', 'KEY=x', '--yes'],
    ['unset', 'KEY', '--yes'],
    ['rollback', 'KEY', '--yes'],
    ['get', 'KEY@3'],
    ['history', 'KEY'],
    ['link', 'KEY', '--yes'],
  ] as const)('is refused by %s, with what to type for the right one', async ([verb, key, ...more], test) => {
    const {run} = openParams(test as unknown as Finishing)
    const {code, stdout, stderr} = await run(verb, [`/fastapi-bootstrap/prod/${key}`, ...more])
    expect({code, stdout}).toEqual({code: 2, stdout: ''})
    expect(stderr).toContain('/fastapi-bootstrap/prod/KEY belongs to prod, and this is sandbox.')
    expect(stderr).toContain(`fb params ${verb} KEY --env prod\n`)
  })
})

describe.concurrent('bad input', () => {
  const says = (text: string) => expect.stringContaining(text)

  it.for([
    [['TOKEN', '--stdin'], 'x', 2, 'pass --yes'],
    [['TOKEN', '--yes'], '', 2, 'pass --stdin or KEY=@FILE'],
    [['TOKEN', '--stdin', '--yes'], '', 2, 'it is empty'],
    [['TOKEN', '--stdin', '--yes'], 'x'.repeat(4097), 2, 'does not fit into the standard tier (4,096 bytes)'],
    [['TOKEN', '--stdin', '--yes', '--tier', 'advanced'], 'x'.repeat(8193), 2, 'at most 8,192'],
    [['/aws/x', '--stdin', '--yes'], 'x', 2, 'belongs to AWS'],
    [['a//b', '--stdin', '--yes'], 'x', 2, 'empty part'],
    [[`${'a/'.repeat(16)}b`, '--stdin', '--yes'], 'x', 2, 'too many parts'],
    [['A', 'A', '--stdin', '--yes'], 'x', 2, 'A key is given twice'],
    [['A', 'B', '--stdin', '--yes'], 'x', 2, '--stdin is the value of one key'],
    [['A', '--generate', '3', '--yes'], '', 2, '--generate takes a length'],
    [
      ['SECRET_KEY', '--stdin', '--yes', '--type', 'string'],
      'x',
      2,
      'is a SecureString, and the type of a parameter cannot be changed',
    ],
    [['SECRET_KEY', '--stdin', '--yes', '--create-only'], 'x', 5, 'is there already, as v1'],
    [['TOKEN', '--stdin', '--yes', '--update-only'], 'x', 3, 'There is no TOKEN to update'],
    [['SECRET_KEY', '--stdin', '--yes', '--if-version', '7'], 'x', 5, 'SECRET_KEY is v1 now, not v7 any more'],
    [['TOKEN', '--stdin', '--yes', '--kms-key', 'alias/none'], 'x', 4, 'The KMS key of this parameter cannot be used'],
  ] as [string[], string, number, string][])('%j', async ([args, input, exit, text], test) => {
    const {run, json} = openParams(test as unknown as Finishing)
    const before = await json('list')
    const {code, stderr} = await run('set', args, input)
    expect({code, stderr}).toEqual({code: exit, stderr: says(text)})
    expect(await json('list')).toEqual(before)
  })

  it('a KMS key that is disabled or denied is named', async (test) => {
    const {run, sandbox} = openParams(test)
    sandbox.fault('kms-key:disabled')
    expect(await run('get', ['SECRET_KEY'])).toMatchObject({
      code: 4,
      stderr: says('The KMS key of this parameter is disabled'),
    })
    sandbox.clearFaults()
    sandbox.fault('kms-key:denied')
    expect(await run('get', ['SECRET_KEY'])).toMatchObject({
      code: 4,
      stderr: says('Your role may not call kms:Decrypt'),
    })
  })

  it('a hundred versions, the oldest of them labelled, is found before the write', async (test) => {
    const {run, store} = openParams(test)
    for (let i = 2; i <= 100; i++) await store.put('LOG_LEVEL', `level ${i}`)
    await store.label('LOG_LEVEL', 1, 'pinned')
    const {code, stderr} = await run('set', ['LOG_LEVEL=debug', '--type', 'string', '--yes'])
    expect({code, stderr}).toEqual({
      code: 7,
      stderr: says('LOG_LEVEL has 100 versions, and the oldest, v1, has the label pinned'),
    })
    expect((await run('history', ['LOG_LEVEL'])).stdout).toContain('no new value can be set')
  })
})

describe.concurrent('reads that lag behind', () => {
  it('are waited for before it is said to be written', async (test) => {
    const {run, sandbox, value} = openParams(test)
    sandbox.fault('stale-parameters:2')
    expect(await run('set', ['SECRET_KEY', '--stdin', '--yes'], 'new')).toMatchObject({code: 0})
    expect(await value('SECRET_KEY')).toBe('new')
  })
})

describe.concurrent('fb params list', () => {
  it('says for each parameter which version the running tasks have', async (test) => {
    const {run} = openParams(test)
    await run('set', ['SECRET_KEY', '--stdin', '--yes'], 'new')
    const {stdout} = await run('list', [])
    expect(stdout).toMatch(/^DATABASE_URL {2}SecureString {2}v2 +7d ago +jonas +live +#[0-9a-f]{6}$/m)
    expect(stdout).toMatch(/^LOG_LEVEL .* unused /m)
    expect(stdout).toMatch(/^SECRET_KEY .* v2 .* you +pending /m)
  })

  it('--missing exits 10 when a task definition names what is not there', async (test) => {
    const {run} = openParams(test)
    expect(await run('list', ['--missing'])).toMatchObject({code: 0, stdout: 'No parameter is missing.\n'})
    await run('unset', ['SECRET_KEY', '--force', '--yes'])
    const {code, stdout} = await run('list', ['--missing'])
    expect(code).toBe(10)
    expect(stdout).toContain('SECRET_KEY is missing: new tasks of v1 (SECRET_KEY) cannot start.')
  })
})

describe.concurrent('fb params get', () => {
  it('hands the exact value on, and older ones by version and label', async (test) => {
    const {run, store} = openParams(test)
    await store.label('DATABASE_URL', 1, 'first')
    const old = 'postgresql://postgres:sandbox-first@db.sandbox.internal:5432/app'
    for (const key of ['DATABASE_URL@1', 'DATABASE_URL@first']) expect((await run('get', [key])).stdout).toBe(old)
    expect(await run('get', ['DATABASE_URL@9'])).toMatchObject({code: 3})
  })

  it('names the nearest key', async (test) => {
    const {run} = openParams(test)
    expect(await run('get', ['DATABSE_URL'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Nearest: DATABASE_URL.'),
    })
  })
})

describe.concurrent('fb params unset', () => {
  it('is refused while a task definition reads it', async (test) => {
    const {run, value} = openParams(test)
    const {code, stderr} = await run('unset', ['SECRET_KEY', '--yes'])
    expect({code, stderr}).toEqual({code: 7, stderr: expect.stringContaining('SECRET_KEY is read by v1 (SECRET_KEY)')})
    expect(await value('SECRET_KEY')).not.toBe('')
    expect(await run('unset', ['LOG_LEVEL', '--yes'])).toMatchObject({code: 0})
    expect(await run('get', ['LOG_LEVEL'])).toMatchObject({code: 3})
  })
})

describe.concurrent('fb params rollback', () => {
  it('brings the version before back as a new one, and says what it is from', async (test) => {
    const {run, json, value} = openParams(test)
    await run('set', ['SECRET_KEY', '--stdin', '--yes'], 'new')
    const old = await value('SECRET_KEY@1')
    expect(await json('rollback', ['SECRET_KEY', '--yes'])).toMatchObject({
      code: 0,
      parameters: [{version: 3, previous: 2}],
    })
    expect(await value('SECRET_KEY')).toBe(old)
    expect((await json('history', ['SECRET_KEY']))['0']).toMatchObject({reason: 'restored from v1'})
  })

  it('brings all back as it was at a moment, in one plan, and leaves what is new', async (test) => {
    const {run, json, value, sandbox} = openParams(test)
    sandbox.advance(3_600_000)
    await run('set', ['SECRET_KEY', 'FRESH', '--generate', '32', '--yes'])
    await run('set', ['LOG_LEVEL=debug', '--type', 'string', '--yes'])
    const {code, stderr} = await run('rollback', ['--since', '30m', '--yes'])
    expect({code, stderr}).toEqual({code: 0, stderr: expect.stringContaining('new since then, and left alone: FRESH')})
    expect(await value('LOG_LEVEL')).toBe('info')
    expect(await json('list')).toMatchObject({0: {key: 'DATABASE_URL', version: 2}, 3: {key: 'SECRET_KEY', version: 3}})
  })

  it('needs a parameter or a time, and a version that there is', async (test) => {
    const {run} = openParams(test)
    expect(await run('rollback', ['--yes'])).toMatchObject({code: 2})
    expect(await run('rollback', ['SECRET_KEY', '--yes'])).toMatchObject({code: 3})
    expect(await run('rollback', ['SECRET_KEY', '--to', '1', '--yes'])).toMatchObject({code: 2})
  })
})
