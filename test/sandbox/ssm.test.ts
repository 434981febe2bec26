import * as ssm from '@aws-sdk/client-ssm'
import {describe, expect, inject, it} from 'vitest'

import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {manual} from './account.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const moto = inject('moto')
const path = () => `/fb${crypto.randomUUID().slice(0, 8)}`

type Store = {send: ssm.SSMClient['send']; fails(command: unknown): Promise<Error>; sandbox?: Sandbox}

function storeAt(transport: object, sandbox?: Sandbox): Store {
  const credentials = {accessKeyId: 'test', secretAccessKey: 'test'}
  const client = new ssm.SSMClient({region: 'us-east-1', credentials, maxAttempts: sandbox ? 1 : 10, ...transport})
  const send = client.send.bind(client) as Store['send']
  const fails = (command: unknown) =>
    send(command as never).then(
      () => new Error('it succeeded'),
      (error: Error) => error,
    )
  return {send, fails, sandbox}
}

const ours = (): Store => {
  const sandbox = manual()
  return storeAt(sandbox, sandbox)
}

const put = (Name: string, Value: string, more: Partial<ssm.PutParameterCommandInput> = {}) =>
  new ssm.PutParameterCommand({Name, Value, Type: 'SecureString', ...more})
const get = (Name: string) => new ssm.GetParameterCommand({Name, WithDecryption: true})
const over = {Overwrite: true, Type: undefined}

const stores: Record<string, () => Store> = {sandbox: ours, moto: () => storeAt({endpoint: moto})}

/** What both do is what the sandbox must do. */
describe.each(Object.keys(stores).filter((name) => name === 'sandbox' || moto))('Parameter Store in %s', (name) => {
  it('counts versions, and reads one by number or by label', async () => {
    const {send, fails} = stores[name]!()
    const Name = `${path()}/URL`
    expect(await send(put(Name, 'one'))).toMatchObject({Version: 1, Tier: 'Standard'})
    expect(await send(put(Name, 'two', over))).toMatchObject({Version: 2})
    await send(new ssm.LabelParameterVersionCommand({Name, ParameterVersion: 1, Labels: ['good']}))
    expect((await send(get(Name))).Parameter).toMatchObject({Value: 'two', Version: 2, Type: 'SecureString'})
    expect((await send(get(`${Name}:1`))).Parameter).toMatchObject({Value: 'one'})
    expect((await send(get(`${Name}:good`))).Parameter).toMatchObject({Value: 'one'})
    expect(await fails(get(`${Name}:7`))).toMatchObject({name: 'ParameterVersionNotFound'})
    const {Parameters} = await send(new ssm.GetParameterHistoryCommand({Name, WithDecryption: true}))
    expect(Parameters?.map(({Value, Labels}) => [Value, Labels])).toEqual([
      ['one', ['good']],
      ['two', []],
    ])
  })

  it('refuses what is there, tags with an overwrite, an empty value, and a name of AWS', async () => {
    const {send, fails} = stores[name]!()
    const Name = `${path()}/URL`
    await send(put(Name, 'one', {Tags: [{Key: 'a', Value: 'b'}]}))
    expect(await fails(put(Name, 'two'))).toMatchObject({name: 'ParameterAlreadyExists'})
    const tags = {...over, Tags: [{Key: 'a', Value: 'b'}]}
    for (const refused of [put(Name, 'two', tags), put(`${Name}2`, ''), put('/ssm/x', 'y')])
      expect(await fails(refused)).toMatchObject({name: 'ValidationException'})
    const {TagList} = await send(new ssm.ListTagsForResourceCommand({ResourceType: 'Parameter', ResourceId: Name}))
    expect(TagList).toEqual([{Key: 'a', Value: 'b'}])
  })

  it('keeps a hundred versions, and takes no more while the oldest has a label', async () => {
    const {send, fails} = stores[name]!()
    const Name = `${path()}/URL`
    await send(put(Name, 'v1'))
    for (let version = 2; version <= 101; version++) await send(put(Name, `v${version}`, over))
    expect(await fails(get(`${Name}:1`))).toMatchObject({name: 'ParameterVersionNotFound'})
    await send(new ssm.LabelParameterVersionCommand({Name, ParameterVersion: 2, Labels: ['kept']}))
    expect(await fails(put(Name, 'more', over))).toMatchObject({name: 'ParameterMaxVersionLimitExceeded'})
    const first = await send(new ssm.GetParameterHistoryCommand({Name}))
    expect(first.Parameters).toHaveLength(50)
    const next = await send(new ssm.GetParameterHistoryCommand({Name, NextToken: first.NextToken}))
    expect(next.Parameters).toHaveLength(50)
  })

  it('moves a label, and says with 200 which ones it did not take', async () => {
    const {send} = stores[name]!()
    const Name = `${path()}/URL`
    await send(put(Name, 'one'))
    await send(put(Name, 'two', over))
    const label = (ParameterVersion: number, Labels: string[]) =>
      send(new ssm.LabelParameterVersionCommand({Name, ParameterVersion, Labels}))
    await label(1, ['good'])
    expect((await label(2, ['good', 'aws1', '1st'])).InvalidLabels?.sort()).toEqual(['1st', 'aws1'])
    expect((await send(get(`${Name}:good`))).Parameter?.Value).toBe('two')
  })

  it('pages a path by ten, and deletes by ten', async () => {
    const {send, fails} = stores[name]!()
    const Path = path()
    const names = Array.from({length: 12}, (_, i) => `${Path}/K${i}`)
    for (const Name of names) await send(put(Name, 'x'))
    await send(put(`${Path}/deep/K`, 'x'))
    const by = (more: Partial<ssm.GetParametersByPathCommandInput>) =>
      new ssm.GetParametersByPathCommand({Path, ...more})
    const first = await send(by({}))
    const rest = await send(by({NextToken: first.NextToken}))
    expect([first.Parameters?.length, rest.Parameters?.length, rest.NextToken]).toEqual([10, 2, undefined])
    expect(await fails(by({MaxResults: 11}))).toMatchObject({name: 'ValidationException'})
    expect(await fails(new ssm.GetParametersCommand({Names: names}))).toMatchObject({name: 'ValidationException'})
    const some = await send(new ssm.GetParametersCommand({Names: [names[0]!, `${Path}/no`]}))
    expect([some.Parameters?.length, some.InvalidParameters]).toEqual([1, [`${Path}/no`]])
    const gone = await send(new ssm.DeleteParametersCommand({Names: [names[0]!, `${Path}/no`]}))
    expect([gone.DeletedParameters, gone.InvalidParameters]).toEqual([[names[0]], [`${Path}/no`]])
    expect(await fails(get(names[0]!))).toMatchObject({name: 'ParameterNotFound'})
  })

  it('describes with who and how, and never the value', async () => {
    const {send} = stores[name]!()
    const Path = path()
    await send(put(`${Path}/URL`, 'canary', {Description: 'what for', KeyId: 'alias/aws/ssm'}))
    const filter = {ParameterFilters: [{Key: 'Path', Option: 'Recursive', Values: [Path]}]}
    const {Parameters} = await send(new ssm.DescribeParametersCommand(filter))
    expect(Parameters).toMatchObject([{Name: `${Path}/URL`, Description: 'what for', Version: 1, Tier: 'Standard'}])
    expect(JSON.stringify(Parameters)).not.toContain('canary')
  })
})

describe('what moto leaves open', () => {
  it('a value too large for its tier is refused, and a tier never goes down', async () => {
    const {send, fails} = ours()
    const Name = '/x/BIG'
    expect(await fails(put(Name, 'x'.repeat(4097)))).toMatchObject({name: 'ValidationException'})
    expect(await send(put(Name, 'x'.repeat(4097), {Tier: 'Intelligent-Tiering'}))).toMatchObject({Tier: 'Advanced'})
    expect(await send(put(Name, 'x', over))).toMatchObject({Tier: 'Advanced'})
    expect(await fails(put(Name, 'x', {...over, Tier: 'Standard'}))).toMatchObject({name: 'ValidationException'})
    expect(await fails(put(Name, 'x'.repeat(8193), over))).toMatchObject({name: 'ValidationException'})
  })

  it('a type stays, a pattern binds, and a value is never another parameter', async () => {
    const {send, fails} = ours()
    await send(put('/x/PORT', '80', {Type: 'String', AllowedPattern: '^\\d+$'}))
    expect(await fails(put('/x/PORT', 'eighty', over))).toMatchObject({name: 'ParameterPatternMismatchException'})
    expect(await fails(put('/x/PORT', '81', {Overwrite: true}))).toMatchObject({name: 'HierarchyTypeMismatchException'})
    expect(await fails(put('/x/A', '{{ssm:/x/PORT}}'))).toMatchObject({name: 'ValidationException'})
    expect(await fails(put(`/${'a/'.repeat(15)}b`, 'x'))).toMatchObject({name: 'HierarchyLevelLimitExceededException'})
  })

  it('reads lag behind writes under the fault', async () => {
    const {send, sandbox} = ours()
    await send(put('/x/URL', 'one'))
    sandbox!.advance(10_000)
    sandbox!.fault('stale-parameters:3')
    await send(put('/x/URL', 'two', over))
    expect((await send(get('/x/URL'))).Parameter?.Value).toBe('one')
    sandbox!.advance(3000)
    expect((await send(get('/x/URL'))).Parameter?.Value).toBe('two')
  })

  it('a key that is disabled or denied says so as KMS does', async () => {
    const {send, fails, sandbox} = ours()
    await send(put('/x/URL', 'one'))
    sandbox!.fault('kms-key:disabled')
    expect(await fails(get('/x/URL'))).toMatchObject({
      name: 'InvalidKeyId',
      message: expect.stringContaining('is disabled'),
    })
    sandbox!.clearFaults()
    sandbox!.fault('kms-key:denied')
    expect(await fails(get('/x/URL'))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('kms:Decrypt'),
    })
    sandbox!.clearFaults()
    expect(await fails(put('/x/URL', 'two', {...over, KeyId: 'alias/none'}))).toMatchObject({name: 'InvalidKeyId'})
  })

  it('every sandbox has the parameters that its task definitions name', async () => {
    const {send} = ours()
    const {Parameters} = await send(new ssm.GetParametersByPathCommand({Path: '/fastapi-bootstrap/sandbox'}))
    expect(Parameters?.map(({Name}) => Name!.split('/').at(-1))).toEqual(['DATABASE_URL', 'LOG_LEVEL', 'SECRET_KEY'])
  })
})
