import {LINK, type Link, linksIn, UNLINKED} from '../deploy/links.js'
import type {ServiceState} from '../deploy/service.js'
import type {Revision} from '../deploy/task-definition.js'
import {NotFound, UsageError} from '../errors.js'
import {parameterOf} from './fleet.js'
import {noParameter} from './get.js'
import {isVariable, keyOf, nameOf} from './names.js'
import type {ReadStore} from './store.js'

export type LinkReads = {
  service(): Promise<Pick<ServiceState, 'taskDefinition'>>
  taskDefinition(arn: string): Promise<Revision>
}

/** Tags to put on, and to take off, the live task definition; both are empty when all is as wanted. */
export type LinkPlan = {arn: string; add: Record<string, string>; drop: string[]; links: (Link & {key: string})[]}

export type Wanted = {keys: string[]; as?: string; path: string; container: string; arnOf: (name: string) => string}

/** The longest value of a tag (AWS tagging rules). */
const LONGEST = 256

export async function planLink(store: ReadStore, aws: LinkReads, wanted: Wanted): Promise<LinkPlan> {
  const {keys, as, path, container, arnOf} = wanted
  if (as !== undefined && keys.length > 1)
    throw new UsageError('--as names one variable, and there are several keys.', {code: 'several_keys'})
  const names = keys.map((key) => nameOf(key, path))
  const found = await store.some(names)
  const missing = names.find((name) => !found.some((one) => one.name === name))
  if (missing)
    throw noParameter(
      keyOf(missing, path),
      (await store.under(path)).map(({name}) => keyOf(name, path)),
    )
  const links = names.map((name) => ({
    key: keyOf(name, path),
    variable: variable(as ?? keyOf(name, path)),
    valueFrom: arnOf(name),
  }))
  const long = links.find(({valueFrom}) => valueFrom.length > LONGEST)
  if (long)
    throw new UsageError(`The ARN of ${long.key} is too long for a tag (${LONGEST} characters).`, {
      code: 'name_too_long',
    })
  return planFor(await live(aws), container, links)
}

/** By key, or by the name of the variable. */
export async function planUnlink(
  aws: LinkReads,
  {keys, path, container}: Omit<Wanted, 'arnOf' | 'as'>,
): Promise<LinkPlan> {
  const revision = await live(aws)
  const now = secretsOf(revision, container)
  const pending = linksIn(revision.tags)
  const links = keys.flatMap((key) => {
    const is = ({variable: own, valueFrom}: Link) => own === key || parameterOf(valueFrom ?? '') === nameOf(key, path)
    const found = [...now, ...pending].filter(is)
    if (found.length === 0) throw notLinked(key, now)
    return found.map((one) => ({key, variable: one.variable}))
  })
  return planFor(revision, container, links)
}

const live = async (aws: LinkReads): Promise<Revision> => aws.taskDefinition((await aws.service()).taskDefinition)

const secretsOf = ({definition}: Revision, container: string): Link[] =>
  definition.containerDefinitions
    .filter(({name}) => name === container)
    .flatMap(({secrets = []}) => secrets.map(({name: own, valueFrom}) => ({variable: own, valueFrom})))

/** What the live release has already needs no tag, and one that says otherwise goes. */
function planFor(revision: Revision, container: string, links: (Link & {key: string})[]): LinkPlan {
  const now = secretsOf(revision, container)
  const isNow = ({variable: own, valueFrom}: Link) => {
    const secret = now.find((one) => one.variable === own)
    return valueFrom === undefined ? !secret : parameterOf(secret?.valueFrom ?? '') === parameterOf(valueFrom)
  }
  const tag = ({variable: own}: Link) => `${LINK}${own}`
  const wanted = links.filter((link) => !isNow(link) && revision.tags[tag(link)] !== (link.valueFrom ?? UNLINKED))
  const settled = links.filter((link) => isNow(link) && revision.tags[tag(link)] !== undefined)
  return {
    arn: revision.arn,
    add: Object.fromEntries(wanted.map((link) => [tag(link), link.valueFrom ?? UNLINKED])),
    drop: settled.map(tag),
    links,
  }
}

function variable(text: string): string {
  if (isVariable(text)) return text
  throw new UsageError('This is no name of a variable.', {
    code: 'bad_variable',
    state: 'Nothing was changed.',
    next: ['--as NAME'],
  })
}

const notLinked = (key: string, now: Link[]) =>
  new NotFound(`The live task definition does not read ${key}.`, {
    code: 'not_linked',
    because: now.length > 0 ? [`It reads ${now.map((one) => one.variable).join(', ')}.`] : [],
    state: 'Nothing was changed.',
  })
