import type * as ssm from '@aws-sdk/client-ssm'
import {
  AddTagsToResource$,
  DeleteParameter$,
  DeleteParameters$,
  InvalidKeyId,
  InvalidResourceId,
  LabelParameterVersion$,
  ParameterAlreadyExists,
  ParameterLimitExceeded,
  ParameterMaxVersionLimitExceeded,
  ParameterVersionLabelLimitExceeded,
  ParameterVersionNotFound,
  PutParameter$,
  RemoveTagsFromResource$,
  TooManyTagsError,
  UnlabelParameterVersion$,
} from '@aws-sdk/client-ssm'
import type {Account} from '../account.js'
import {type Handlers, saying} from '../handlers.js'
import {
  changeParameters,
  invalid,
  newest,
  type ParameterRecord,
  type Parameters,
  type ParameterVersion,
  plainName,
  recordOf,
  refuseName,
  refuseValue,
  tierFor,
} from '../parameters.js'
import {refuseKey} from './parameter-reads.js'

export const schemas = {
  AddTagsToResource$,
  DeleteParameter$,
  DeleteParameters$,
  LabelParameterVersion$,
  PutParameter$,
  RemoveTagsFromResource$,
  UnlabelParameterVersion$,
}

/** What Parameter Store keeps of one parameter, and of one account in a region (service quotas). */
const VERSIONS = 100
const STANDARD = 10_000
const LABELS = 10
const TAGS = 50

export const handlers: Handlers<typeof ssm, typeof schemas> = {
  PutParameter(input, account) {
    const name = input.Name!.trim()
    refuseName(name)
    if (input.Overwrite && input.Tags?.length)
      throw invalid(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
      )
    return changeParameters(account, (parameters) => put(parameters, name, input, account))
  },
  DeleteParameter({Name}, account) {
    return changeParameters(account, (parameters) => {
      recordOf(parameters, Name!)
      delete parameters[plainName(Name!)]
      return {}
    })
  },
  DeleteParameters({Names = []}, account) {
    if (Names.length > 10) throw invalid("Value at 'names' failed to satisfy constraint: Member must have length <= 10")
    return changeParameters(account, (parameters) => {
      const known = (name: string) => Object.hasOwn(parameters, plainName(name))
      const [DeletedParameters, InvalidParameters] = [Names.filter(known), Names.filter((name) => !known(name))]
      for (const name of DeletedParameters) delete parameters[plainName(name)]
      return {DeletedParameters, InvalidParameters}
    })
  },
  LabelParameterVersion({Name, ParameterVersion: number, Labels = []}, account) {
    return changeParameters(account, (parameters) => {
      const {versions} = recordOf(parameters, Name!)
      const version = numbered(versions, number)
      const InvalidLabels = Labels.filter((label) => !/^(?!\d|aws|ssm)[\w.-]{1,100}$/i.test(label))
      const good = Labels.filter((label) => !InvalidLabels.includes(label))
      const after = [...new Set([...version.labels, ...good])]
      if (after.length > LABELS)
        throw new ParameterVersionLabelLimitExceeded(saying('A parameter version can have a maximum of ten labels.'))
      // A label that another version has moves.
      for (const one of versions) one.labels = one.labels.filter((label) => !good.includes(label))
      version.labels = after
      return {InvalidLabels, ParameterVersion: version.version}
    })
  },
  UnlabelParameterVersion({Name, ParameterVersion: number, Labels = []}, account) {
    return changeParameters(account, (parameters) => {
      const version = numbered(recordOf(parameters, Name!).versions, number)
      const removed = Labels.filter((label) => version.labels.includes(label))
      version.labels = version.labels.filter((label) => !removed.includes(label))
      return {RemovedLabels: removed, InvalidLabels: Labels.filter((label) => !removed.includes(label))}
    })
  },
  AddTagsToResource({ResourceId, Tags = []}, account) {
    return changeParameters(account, (parameters) => {
      const record = tagged(parameters, ResourceId!)
      const tags = {...record.tags, ...tagMap(Tags)}
      if (Object.keys(tags).length > TAGS) throw new TooManyTagsError(saying('Too many tags.'))
      record.tags = tags
      return {}
    })
  },
  RemoveTagsFromResource({ResourceId, TagKeys = []}, account) {
    return changeParameters(account, (parameters) => {
      const {tags} = tagged(parameters, ResourceId!)
      for (const key of TagKeys) delete tags[key]
      return {}
    })
  },
}

function put(parameters: Parameters, name: string, input: ssm.PutParameterCommandInput, account: Account) {
  const record = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  const before = record && newest(record)
  if (before && !input.Overwrite)
    throw new ParameterAlreadyExists(
      saying('The parameter already exists. To overwrite this value, set the overwrite option in the request to true.'),
    )
  refuseValue({...input, AllowedPattern: input.AllowedPattern ?? before?.allowedPattern}, before)
  const tier = tierFor(input, before)
  if (!record && tier === 'Standard' && Object.keys(parameters).length >= STANDARD)
    throw new ParameterLimitExceeded(saying('You have exceeded the maximum number of parameters for this account.'))
  const version = newVersion(input, before, account)
  if (record) dropOldest(record, name)
  const made = record ?? {versions: [], tags: tagMap(input.Tags)}
  made.versions.push({...version, tier})
  parameters[name] = made
  return {Version: version.version, Tier: tier}
}

function newVersion(
  input: ssm.PutParameterCommandInput,
  before: ParameterVersion | undefined,
  account: Account,
): Omit<ParameterVersion, 'tier'> {
  const type = input.Type ?? before!.type
  return {
    version: (before?.version ?? 0) + 1,
    at: account.now,
    by: `arn:aws:sts::${account.inventory.where.account}:assumed-role/sandbox/you`,
    type,
    value: input.Value!,
    description: input.Description ?? before?.description,
    ...(type === 'SecureString' && {keyId: keyFor(input.KeyId, account)}),
    allowedPattern: input.AllowedPattern ?? before?.allowedPattern,
    labels: [],
  }
}

/** Without a key it is the account's own, whatever the version before had. */
function keyFor(asked: string | undefined, account: Account): string {
  const keyId = asked ?? 'alias/aws/ssm'
  const {kmsKey} = account.inventory
  if (![kmsKey, 'alias/aws/ssm'].some((known) => keyId === known || keyId.endsWith(`:${known}`)))
    throw new InvalidKeyId(saying(`Alias ${keyId} is not found. (Service: Kms, Status Code: 400, NotFoundException)`))
  refuseKey(account, 'Encrypt')
  return keyId
}

/** A version with a label is never dropped, so one at the end stops every further write. */
function dropOldest({versions}: ParameterRecord, name: string): void {
  if (versions.length < VERSIONS) return
  const [oldest] = versions
  if (oldest!.labels.length > 0)
    throw new ParameterMaxVersionLimitExceeded(
      saying(
        `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest!.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
      ),
    )
  versions.shift()
}

function numbered(versions: ParameterVersion[], number: number | undefined): ParameterVersion {
  const version = number === undefined ? versions.at(-1) : versions.find((one) => one.version === number)
  if (version) return version
  throw new ParameterVersionNotFound(saying(`Systems Manager could not find version ${number} of the parameter.`))
}

function tagged(parameters: Parameters, id: string): ParameterRecord {
  if (!Object.hasOwn(parameters, id)) throw new InvalidResourceId(saying('The resource ID is not valid.'))
  return parameters[id]!
}

const tagMap = (tags: ssm.Tag[] = []) => Object.fromEntries(tags.map(({Key, Value}) => [Key!, Value!]))
