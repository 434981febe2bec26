import {
  AddTagsToResourceCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  type ParameterHistory,
  PutParameterCommand,
  type Parameter as SdkParameter,
  SSMClient,
} from '@aws-sdk/client-ssm'

import type {Clock} from '../clock.js'
import type {Parameter, Store, Version, Write, Written} from '../params/store.js'
import {type Connection, connect, onceOnly, pages} from './clients.js'
import {missing, translate, withoutValue} from './ssm-errors.js'
import {telling} from './telling.js'

/** Parameter Store answers 40 reads of values in a second, for all of an account in a region; starting tasks need some of them. */
const BETWEEN_READS = 30
/** It takes about three writes in a second. */
const BETWEEN_WRITES = 350
const BATCH = 10

/** Parameter Store, at a pace that leaves it to others too. */
export function ssm(connection: Connection, clock: Clock): Store {
  const calls = connect(SSMClient, connection)
  const {read, write} = telling(calls, translate)
  const turnToRead = turns(BETWEEN_READS, clock, connection.signal)
  const turnToWrite = turns(BETWEEN_WRITES, clock, connection.signal)

  const parameter = async (name: string, selector?: string): Promise<Parameter | undefined> => {
    await turnToRead()
    const Name = selector === undefined ? name : `${name}:${selector}`
    const answer = await read(new GetParameterCommand({Name, WithDecryption: true})).catch(missing)
    return answer?.Parameter && parameterFrom(answer.Parameter)
  }

  const put = async ({previous, value, tags = {}, ...wanted}: Write): Promise<Written> => {
    await turnToWrite()
    const Tags = Object.entries(tags).map(([Key, Value]) => ({Key, Value}))
    const command = () =>
      new PutParameterCommand({
        Name: wanted.name,
        Value: value,
        Type: wanted.type,
        KeyId: wanted.keyId,
        Description: wanted.description,
        Tier: wanted.tier,
        Overwrite: previous > 0,
        ...(previous === 0 && Tags.length > 0 && {Tags}),
      })
    const send = async () => {
      const {Version, Tier} = await calls.write(command())
      return {version: Version!, tier: Tier ?? 'Standard'}
    }
    // A lost answer: what is there now, if it is ours.
    const ours = async () => {
      const now = await parameter(wanted.name)
      if (!now || now.version <= previous || now.value !== value) return undefined
      return {version: now.version, tier: wanted.tier ?? ('Standard' as const)}
    }
    return onceOnly(send, ours, [`fb params history ${wanted.name}`]).catch((error) => {
      throw translate(withoutValue(error, value))
    })
  }

  const history = async (Name: string, WithDecryption: boolean): Promise<ParameterHistory[]> => {
    const get = async (NextToken?: string) => {
      await turnToRead()
      return read(new GetParameterHistoryCommand({Name, WithDecryption, NextToken}))
    }
    const all = await pages(
      get,
      (page) => page.Parameters,
      (page) => page.NextToken,
    ).catch(missing)
    return all ?? []
  }

  return {
    parameter,
    put,
    async under(Path) {
      const get = async (NextToken?: string) => {
        await turnToRead()
        const input = {Path, Recursive: true, WithDecryption: true, MaxResults: BATCH, NextToken}
        return read(new GetParametersByPathCommand(input))
      }
      const found = await pages(
        get,
        (page) => page.Parameters,
        (page) => page.NextToken,
      )
      return found.map(parameterFrom).sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    async some(names) {
      const found: Parameter[] = []
      for (let i = 0; i < names.length; i += BATCH) {
        await turnToRead()
        const {Parameters = []} = await read(
          new GetParametersCommand({Names: names.slice(i, i + BATCH), WithDecryption: true}),
        )
        found.push(...Parameters.map(parameterFrom))
      }
      return found
    },
    versions: async (name) => (await history(name, false)).map(versionFrom).sort((a, b) => a.version - b.version),
    values: async (name) => new Map((await history(name, true)).map(({Version, Value}) => [Version!, Value!])),
    async authors(path, most) {
      const ParameterFilters = [{Key: 'Path', Option: 'Recursive', Values: [path.replace(/(.)\/$/, '$1')]}]
      const get = (NextToken?: string) =>
        read(new DescribeParametersCommand({ParameterFilters, MaxResults: 50, NextToken}))
      const found = await pages(
        get,
        (page) => page.Parameters,
        (page) => page.NextToken,
        most,
      )
      return Object.fromEntries(found.map(({Name, LastModifiedUser}) => [Name!, LastModifiedUser ?? '']))
    },
    async tag(ResourceId, tags) {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({Key, Value}))
      await write(new AddTagsToResourceCommand({ResourceType: 'Parameter', ResourceId, Tags}))
    },
    async remove(Names) {
      await turnToWrite()
      // Deleting what is deleted changes nothing: a lost answer is asked for again.
      await onceOnly(
        () => write(new DeleteParametersCommand({Names})),
        async () => undefined,
        ['fb params list'],
      )
    },
  }
}

/** Each call waits until so many ms have passed since the one before. */
function turns(ms: number, clock: Clock, signal: AbortSignal): () => Promise<void> {
  let next = 0
  return async () => {
    const now = clock.now().getTime()
    const mine = Math.max(now, next)
    next = mine + ms
    if (mine > now) await clock.sleep(mine - now, signal)
  }
}

const parameterFrom = ({Name, Type, Value, Version, LastModifiedDate}: SdkParameter): Parameter => ({
  name: Name!,
  type: Type!,
  value: Value!,
  version: Version!,
  modifiedAt: LastModifiedDate!,
})

const versionFrom = (version: ParameterHistory): Version => ({
  version: version.Version!,
  at: version.LastModifiedDate!,
  by: version.LastModifiedUser ?? '',
  type: version.Type!,
  tier: version.Tier ?? 'Standard',
  keyId: version.KeyId,
  description: version.Description ?? '',
  labels: version.Labels ?? [],
})
