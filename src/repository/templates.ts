import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {LineCounter, parseDocument} from 'yaml'

import type {Names} from '../config/names.js'
import {findUp} from '../config/settings.js'
import type {AppSpecTemplate, Hooks} from '../deploy/appspec.js'
import type {TaskDefinition} from '../deploy/task-definition.js'
import {UsageError} from '../errors.js'

export type Templates = {
  taskDefinition?: {file: string; definition: TaskDefinition}
  appSpec?: {file: string; template: AppSpecTemplate}
}

/** What the placeholders stand for, and the names of the environment that is deployed to. */
export type Fill = {account: string; region: string; names: Names}

/** The application's own templates, found from `directory` upward. `templateNames` are those of the environment they were written for. */
export function readTemplates(directory: string, templateNames: Names, fill: Fill): Templates {
  const read = <T>(name: string, parse: (file: string) => T): T | undefined => {
    const file = findUp(directory, name)
    return file ? parse(file) : undefined
  }
  return {
    taskDefinition: read(templateNames.taskDefinitionTemplate, (file) => ({
      file,
      definition: taskDefinitionFrom(file, templateNames, fill),
    })),
    appSpec: read(templateNames.appSpecTemplate, (file) => ({file, template: appSpecFrom(file, templateNames, fill)})),
  }
}

/** The folder the application lives in: the one that holds `.aws`, or the working directory. */
export const applicationRoot = (directory: string): string =>
  dirname(findUp(directory, '.aws') ?? join(directory, '.aws'))

function taskDefinitionFrom(file: string, from: Names, fill: Fill): TaskDefinition {
  const {text, value} = parse(file)
  const filled = fillIn(value, from, fill) as TaskDefinition
  refuseLeftovers(file, text, filled)
  if (!Array.isArray(filled?.containerDefinitions)) throw bad(file, 1, 'containerDefinitions is missing')
  if (filled.family === fill.names.family) return filled
  const line = lineOf(text, 'family')
  throw bad(
    file,
    line,
    `the family is ${JSON.stringify(filled.family)}, but this service runs ${fill.names.family}`,
    'family_mismatch',
  )
}

function appSpecFrom(file: string, from: Names, fill: Fill): AppSpecTemplate {
  const {text, value} = parse(file)
  const spec = lowerKeys(fillIn(value, from, fill)) as {
    resources?: {targetservice?: {properties?: Properties}}[]
    hooks?: unknown[]
  }
  const properties = spec.resources?.[0]?.targetservice?.properties
  if (!properties) throw bad(file, 1, 'Resources[0].TargetService.Properties is missing')
  const hooks = (value as {Hooks?: Hooks}).Hooks
  refuseLeftovers(file, text, hooks)
  const balancer = properties.loadbalancerinfo
  return {
    container: balancer?.containername,
    port: balancer?.containerport,
    platformVersion: properties.platformversion,
    hooks,
  }
}

type Properties = {loadbalancerinfo?: {containername?: string; containerport?: number}; platformversion?: string}

/** YAML reads JSON too, and says where it is broken. */
function parse(file: string): {text: string; value: unknown} {
  const text = readFileSync(file, 'utf8')
  const document = parseDocument(text, {lineCounter: new LineCounter()})
  const broken = document.errors[0]
  if (broken) throw bad(file, broken.linePos?.[0].line ?? 1, broken.message.split('\n')[0]!.replace(/ at line .*$/, ''))
  const value: unknown = document.toJS()
  if (typeof value !== 'object' || value === null) throw bad(file, 1, 'it holds no object')
  return {text, value}
}

/** Names of variables are a person's own; everything else that is text may hold a placeholder. */
function fillIn(value: unknown, from: Names, fill: Fill): unknown {
  if (typeof value === 'string') return fillText(value, from, fill)
  if (Array.isArray(value)) return value.map((item) => fillIn(item, from, fill))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'name' ? inner : fillIn(inner, from, fill)]),
  )
}

function fillText(text: string, from: Names, {account, region, names}: Fill): string {
  const renamed = [
    [from.family, names.family],
    [from.logGroup, names.logGroup],
    [from.parameterPath, names.parameterPath],
  ] as const
  return renamed
    .reduce((all, [old, now]) => all.replaceAll(old, now), text)
    .replace(/<(?:AWS_)?ACCOUNT_ID>|\$\{(?:AWS_)?ACCOUNT_ID\}|\bACCOUNT_ID\b/g, account)
    .replace(/<(?:AWS_)?REGION>|\$\{(?:AWS_)?REGION\}|\bREGION\b/g, region)
}

const PLACEHOLDER = /<[A-Z][A-Z0-9_]*>|\{\{[^}]*\}\}/

/** fb puts the image and the task definition in by itself; any other placeholder left would reach AWS as it stands. */
function refuseLeftovers(file: string, text: string, value: unknown, key = ''): void {
  if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) refuseLeftovers(file, text, inner, name)
  }
  if (typeof value !== 'string' || key === 'image') return
  const left = PLACEHOLDER.exec(value)?.[0] ?? unfilledArn(value)
  if (left) throw bad(file, lineOf(text, left), `fb does not know the placeholder ${left}`, 'unknown_placeholder')
}

/** Region and account of an ARN are lower case and digits; capitals there were meant to be replaced. */
function unfilledArn(value: string): string | undefined {
  const [, , , region = '', account = ''] = value.startsWith('arn:') ? value.split(':') : []
  return [region, account].find((part) => /[A-Z]/.test(part))
}

const lineOf = (text: string, word: string): number => text.slice(0, Math.max(0, text.indexOf(word))).split('\n').length

const lowerKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(lowerKeys)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), lowerKeys(inner)]))
      : value

const bad = (file: string, line: number, what: string, code = 'bad_template') =>
  new UsageError(`${file}:${line}: ${what}.`, {code, state: 'Nothing was changed.'})
