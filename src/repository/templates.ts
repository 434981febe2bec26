import {readFileSync} from 'node:fs'
import {relative} from 'node:path'
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

/** The application's own templates, found from `directory` upward. `from` are the names of the environment they were written for. */
export function readTemplates(directory: string, from: Names, fill: Fill): Templates {
  const read = <T>(name: string, parse: (source: Source) => T): T | undefined => {
    const path = findUp(directory, name)
    return path ? parse(sourceOf(path, relative(directory, path))) : undefined
  }
  return {
    taskDefinition: read(from.taskDefinitionTemplate, (source) => ({
      file: source.file,
      definition: taskDefinitionFrom(source, from, fill),
    })),
    appSpec: read(from.appSpecTemplate, (source) => ({file: source.file, template: appSpecFrom(source, from, fill)})),
  }
}

/** A file as a person knows it: its path from where they are, its text, and what it holds. */
type Source = {file: string; text: string; value: unknown}

function taskDefinitionFrom({file, text, value}: Source, from: Names, fill: Fill): TaskDefinition {
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

function appSpecFrom({file, text, value}: Source, from: Names, fill: Fill): AppSpecTemplate {
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

function sourceOf(path: string, file: string): Source {
  const text = readFileSync(path, 'utf8')
  const value = file.endsWith('.json') ? parseJson(file, text) : parseYaml(file, text)
  if (typeof value !== 'object' || value === null) throw bad(file, 1, 'it holds no object')
  return {file, text, value}
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const {message} = error as Error
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length)
    throw bad(file, lineAt(text, position), message.replace(/ in JSON at position.*/s, ''))
  }
}

function parseYaml(file: string, text: string): unknown {
  const document = parseDocument(text, {lineCounter: new LineCounter()})
  const broken = document.errors[0]
  if (!broken) return document.toJS()
  throw bad(file, broken.linePos?.[0].line ?? 1, broken.message.split('\n')[0]!.replace(/ at line .*$/, ''))
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

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length

const lineOf = (text: string, word: string): number => lineAt(text, Math.max(0, text.indexOf(word)))

const lowerKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(lowerKeys)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), lowerKeys(inner)]))
      : value

const bad = (file: string, line: number, what: string, code = 'bad_template') =>
  new UsageError(`${file}:${line}: ${what}.`, {code, state: 'Nothing was changed.'})
