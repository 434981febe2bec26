import type * as ssm from '@aws-sdk/client-ssm'
import {
  DescribeParameters$,
  GetParameter$,
  GetParameterHistory$,
  GetParameters$,
  GetParametersByPath$,
  InvalidFilterKey,
  InvalidKeyId,
  ListTagsForResource$,
  ParameterVersionNotFound,
} from '@aws-sdk/client-ssm'
import type {Account} from '../account.js'
import {activeFault} from '../faults.js'
import {type Handlers, page, saying, wireError} from '../handlers.js'
import {
  invalid,
  newest,
  type ParameterRecord,
  type ParameterVersion,
  plainName,
  readParameters,
  recordOf,
} from '../parameters.js'

export const schemas = {
  DescribeParameters$,
  GetParameter$,
  GetParameterHistory$,
  GetParameters$,
  GetParametersByPath$,
  ListTagsForResource$,
}

export const handlers: Handlers<typeof ssm, typeof schemas> = {
  GetParameter({Name, WithDecryption}, account) {
    const [name, selector] = selected(Name!)
    const version = versionOf(recordOf(readParameters(account), name), selector)
    return {Parameter: shape(account, plainName(name), version, {decrypt: WithDecryption, selector})}
  },
  GetParameters({Names = [], WithDecryption}, account) {
    refuseMany(Names, 10)
    const parameters = readParameters(account)
    const found = Names.map((asked) => {
      try {
        const [name, selector] = selected(asked)
        return {name: plainName(name), selector, version: versionOf(recordOf(parameters, name), selector)}
      } catch {
        return undefined
      }
    })
    return {
      Parameters: found.flatMap((one) =>
        one ? [shape(account, one.name, one.version, {decrypt: WithDecryption, selector: one.selector})] : [],
      ),
      InvalidParameters: Names.filter((_, i) => !found[i]),
    }
  },
  /** The page is cut first and filtered then: one can be empty and still have a next one. */
  GetParametersByPath(input, account) {
    const {Path = '', Recursive, WithDecryption, MaxResults = 10, NextToken, ParameterFilters} = input
    if (!Path.startsWith('/'))
      throw invalid('The parameter doesn\'t meet the parameter name requirements: it must begin with "/".')
    refuseSize(MaxResults, 10)
    const parameters = readParameters(account)
    const names = Object.keys(parameters)
      .filter((name) => isUnder(name, Path, Recursive))
      .sort()
    const {items, next} = page(names, MaxResults, NextToken)
    const wanted = items.filter((name) => passes(name, parameters[name]!, ParameterFilters))
    return {
      Parameters: wanted.map((name) => shape(account, name, newest(parameters[name]!), {decrypt: WithDecryption})),
      NextToken: next,
    }
  },
  GetParameterHistory({Name, WithDecryption, MaxResults = 50, NextToken}, account) {
    refuseSize(MaxResults, 50)
    const name = plainName(Name!)
    const {items, next} = page(recordOf(readParameters(account), name).versions, MaxResults, NextToken)
    return {
      Parameters: items.map((version) => ({
        ...metadata(name, version),
        Value: textOf(account, version, WithDecryption),
        Labels: version.labels,
      })),
      NextToken: next,
    }
  },
  DescribeParameters({ParameterFilters, MaxResults = 50, NextToken}, account) {
    refuseSize(MaxResults, 50)
    const parameters = readParameters(account)
    const names = Object.keys(parameters).sort()
    const {items, next} = page(names, MaxResults, NextToken)
    const wanted = items.filter((name) => passes(name, parameters[name]!, ParameterFilters))
    return {Parameters: wanted.map((name) => metadata(name, newest(parameters[name]!))), NextToken: next}
  },
  ListTagsForResource({ResourceId}, account) {
    const {tags} = recordOf(readParameters(account), ResourceId!)
    return {TagList: Object.entries(tags).map(([Key, Value]) => ({Key, Value}))}
  },
}

function refuseMany(names: string[], most: number): void {
  if (names.length > most)
    throw invalid(`Value at 'names' failed to satisfy constraint: Member must have length <= ${most}`)
  if (new Set(names).size < names.length) throw invalid('Duplicate parameter names are not allowed.')
}

function refuseSize(size: number, most: number): void {
  if (size >= 1 && size <= most) return
  throw invalid(
    `Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to ${most}`,
  )
}

/** `name:3` and `name:label`; an ARN has colons of its own. */
function selected(asked: string): [name: string, selector?: string] {
  const [, name = asked, selector] = /^((?:arn:(?:[^:]*:){4})?[^:]*):([^:]+)$/.exec(asked) ?? []
  return [name, selector]
}

function versionOf(record: ParameterRecord, selector: string | undefined): ParameterVersion {
  if (selector === undefined) return newest(record)
  const found = record.versions.find(({version, labels}) => String(version) === selector || labels.includes(selector))
  if (found) return found
  throw new ParameterVersionNotFound(saying(`Systems Manager could not find version ${selector} of the parameter.`))
}

function isUnder(name: string, path: string, recursive: boolean | undefined): boolean {
  const folder = path.endsWith('/') ? path : `${path}/`
  return name.startsWith(folder) && (Boolean(recursive) || !name.slice(folder.length).includes('/'))
}

function passes(name: string, record: ParameterRecord, filters: ssm.ParameterStringFilter[] = []): boolean {
  const version = newest(record)
  return filters.every(({Key = '', Option, Values = []}) => {
    const is = (text: string | undefined) =>
      Values.some((value) => (Option === 'BeginsWith' ? text?.startsWith(value) : text === value))
    if (Key.startsWith('tag:')) {
      const tag = record.tags[Key.slice(4)]
      return tag !== undefined && (Values.length === 0 || is(tag))
    }
    if (Key === 'Path') return Values.some((path) => isUnder(name, path, Option === 'Recursive'))
    if (Key === 'Name') return is(name)
    if (Key === 'Type') return is(version.type)
    if (Key === 'KeyId') return is(version.keyId)
    if (Key === 'Tier') return is(version.tier)
    if (Key === 'Label') return version.labels.some((label) => is(label))
    throw new InvalidFilterKey(saying(`sandbox: the filter ${Key} is not emulated`))
  })
}

type Wish = {decrypt?: boolean; selector?: string}

function shape(account: Account, name: string, version: ParameterVersion, {decrypt, selector}: Wish): ssm.Parameter {
  return {
    Name: name,
    Type: version.type,
    Value: textOf(account, version, decrypt),
    Version: version.version,
    ...(selector !== undefined && {Selector: `:${selector}`}),
    LastModifiedDate: new Date(version.at),
    ARN: account.inventory.arn('ssm', `parameter${name.startsWith('/') ? '' : '/'}${name}`),
    DataType: 'text',
  }
}

/** What stands for ciphertext here: the sandbox keeps no secret, but nobody reads one by mistake. */
function textOf(account: Account, {type, value}: ParameterVersion, decrypt: boolean | undefined): string {
  if (type !== 'SecureString') return value
  if (!decrypt) return Buffer.from(`sandbox-kms ${value}`).toString('base64')
  refuseKey(account, 'Decrypt')
  return value
}

/** The texts of KMS as Parameter Store hands them on. */
export function refuseKey({state, now, inventory}: Account, action: 'Decrypt' | 'Encrypt'): void {
  const fault = activeFault(state.faults, 'kms-key', now)
  if (!fault) return
  const {account} = inventory.where
  const key = `arn:aws:kms:${inventory.where.region}:${account}:key/00000000-0000-4000-8000-000000000000`
  if (fault.argument === 'disabled')
    throw new InvalidKeyId(saying(`${key} is disabled. (Service: Kms, Status Code: 400, DisabledException)`))
  const who = `arn:aws:sts::${account}:assumed-role/sandbox/you`
  throw wireError(
    'AccessDeniedException',
    `User: ${who} is not authorized to perform: kms:${action} on resource: ${key} because no identity-based policy allows the kms:${action} action (Service: Kms, Status Code: 400)`,
  )
}

function metadata(name: string, version: ParameterVersion) {
  const {type, keyId, at, by, description, allowedPattern, tier} = version
  return {
    Name: name,
    Type: type,
    KeyId: keyId,
    LastModifiedDate: new Date(at),
    LastModifiedUser: by,
    Description: description || undefined,
    AllowedPattern: allowedPattern,
    Version: version.version,
    Tier: tier,
    Policies: [],
    DataType: 'text',
  }
}
