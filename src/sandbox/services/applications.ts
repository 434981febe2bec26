import type * as codedeploy from '@aws-sdk/client-codedeploy'
import {
  ApplicationAlreadyExistsException,
  ApplicationDoesNotExistException,
  CreateApplication$,
  CreateDeploymentGroup$,
  DeleteApplication$,
  DeleteDeploymentGroup$,
  DeploymentGroupAlreadyExistsException,
  DeploymentGroupDoesNotExistException,
  InvalidArnException,
  ListTagsForResource$,
  TagResource$,
  UntagResource$,
  UpdateApplication$,
  UpdateDeploymentGroup$,
} from '@aws-sdk/client-codedeploy'
import type {Account} from '../account.js'
import {type Handlers, saying} from '../handlers.js'
import {uuidOf} from '../inventory.js'
import {type Facts, type MadeApplication, openStorage} from '../storage.js'

/** What an infrastructure tool makes beside the application that the sandbox simulates: kept as it was given, and no more. */
export const schemas = {
  CreateApplication$,
  CreateDeploymentGroup$,
  DeleteApplication$,
  DeleteDeploymentGroup$,
  ListTagsForResource$,
  TagResource$,
  UntagResource$,
  UpdateApplication$,
  UpdateDeploymentGroup$,
}

export const handlers: Handlers<typeof codedeploy, typeof schemas> = {
  CreateApplication: ({applicationName: name, computePlatform, tags = []}, account) =>
    change(account, (all) => {
      if (isTaken(account, all, name!))
        throw new ApplicationAlreadyExistsException(saying(`Application already exists: ${name}`))
      all[name!] = {at: account.now, platform: computePlatform ?? 'Server', tags: tagsOf(tags), groups: {}}
      return {applicationId: uuidOf(name!)}
    }),
  UpdateApplication: ({applicationName: name, newApplicationName: fresh}, account) =>
    change(account, (all) => {
      const made = application(all, name)
      if (!fresh || fresh === name) return {}
      if (isTaken(account, all, fresh))
        throw new ApplicationAlreadyExistsException(saying(`Application already exists: ${fresh}`))
      delete all[name!]
      all[fresh] = made
      return {}
    }),
  DeleteApplication: ({applicationName: name}, account) =>
    change(account, (all) => {
      delete all[name!]
      return {}
    }),
  CreateDeploymentGroup: (input, account) =>
    change(account, (all) => {
      const {applicationName, deploymentGroupName: name, tags = [], ...given} = input
      const {groups} = application(all, applicationName)
      if (Object.hasOwn(groups, name!))
        throw new DeploymentGroupAlreadyExistsException(saying(`Deployment group name already exists: ${name}`))
      groups[name!] = {tags: tagsOf(tags), given}
      return {deploymentGroupId: uuidOf(`${applicationName}/${name}`)}
    }),
  UpdateDeploymentGroup: (
    {applicationName, currentDeploymentGroupName: name, newDeploymentGroupName, ...given},
    account,
  ) =>
    change(account, (all) => {
      const {groups} = application(all, applicationName)
      const group = groupOf(groups, name)
      delete groups[name!]
      groups[newDeploymentGroupName ?? name!] = {...group, given: {...group.given, ...given}}
      return {}
    }),
  DeleteDeploymentGroup: ({applicationName, deploymentGroupName: name}, account) =>
    change(account, (all) => {
      delete all[applicationName!]?.groups[name!]
      return {}
    }),
  ListTagsForResource: ({ResourceArn: arn}, account) => {
    const tags = tagged(openStorage(account).written() ?? {}, arn!)
    return {Tags: Object.entries(tags).map(([Key, Value]) => ({Key, Value}))}
  },
  TagResource: ({ResourceArn: arn, Tags}, account) =>
    openStorage(account).update((facts) => {
      facts.tags = {[arn!]: {}, ...facts.tags}
      Object.assign(tagged(facts, arn!), tagsOf(Tags!))
      return {}
    }),
  UntagResource: ({ResourceArn: arn, TagKeys}, account) =>
    openStorage(account).update((facts) => {
      const tags = tagged(facts, arn!)
      for (const key of TagKeys!) delete tags[key]
      return {}
    }),
}

type Applications = NonNullable<Facts['applications']>

const change = <T>(account: Account, work: (all: Applications) => T): T =>
  openStorage(account).update((facts) => {
    facts.applications ??= {}
    return work(facts.applications)
  })

const isTaken = ({inventory}: Account, all: Applications, name: string) =>
  name === inventory.codedeployApplication || Object.hasOwn(all, name)

function application(all: Applications, name = ''): MadeApplication {
  if (Object.hasOwn(all, name)) return all[name]!
  throw new ApplicationDoesNotExistException(saying(`No application found for name: ${name}`))
}

function groupOf(groups: MadeApplication['groups'], name = '') {
  if (Object.hasOwn(groups, name)) return groups[name]!
  throw new DeploymentGroupDoesNotExistException(saying(`No Deployment Group found for name: ${name}`))
}

const tagsOf = (tags: codedeploy.Tag[]) => Object.fromEntries(tags.map(({Key, Value}) => [Key!, Value ?? '']))

/** `arn:aws:codedeploy:region:account:application:NAME` and `...:deploymentgroup:NAME/GROUP`. */
function tagged(facts: Pick<Facts, 'applications' | 'tags'>, arn: string): Record<string, string> {
  const [, kind, name, group] = /:(application|deploymentgroup):([^/]+)(?:\/(.+))?$/.exec(arn) ?? []
  if (!kind) throw new InvalidArnException(saying(`The specified ARN is not in a valid format: ${arn}`))
  const all = facts.applications ?? {}
  if (!Object.hasOwn(all, name!)) return facts.tags?.[arn] ?? {}
  const made = application(all, name)
  return kind === 'application' ? made.tags : groupOf(made.groups, group).tags
}

/** What was made under that name, for the operations that read; nothing when the simulation answers for it. */
export function madeApplication(account: Account, name = ''): codedeploy.ApplicationInfo | undefined {
  const made = openStorage(account).written()?.applications?.[name]
  if (!made) return undefined
  const createTime = new Date(made.at)
  const computePlatform = made.platform
  return {applicationId: uuidOf(name), applicationName: name, createTime, linkedToGitHub: false, computePlatform}
}

export function madeGroup(account: Account, name = '', group = ''): codedeploy.DeploymentGroupInfo | undefined {
  const made = openStorage(account).written()?.applications?.[name]
  if (!made) return undefined
  return {
    deploymentConfigName: 'CodeDeployDefault.OneAtATime',
    ...groupOf(made.groups, group).given,
    applicationName: name,
    deploymentGroupName: group,
    deploymentGroupId: uuidOf(`${name}/${group}`),
    computePlatform: made.platform,
  }
}
