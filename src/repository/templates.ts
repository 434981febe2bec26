import {relative} from 'node:path'

import type {Names} from '../config/names.js'
import {findUp} from '../config/settings.js'
import type {AppSpecTemplate, Hooks} from '../deploy/appspec.js'
import type {TaskDefinition} from '../deploy/task-definition.js'
import {NotFound} from '../errors.js'
import {type Fill, fillIn, refuseLeftovers} from './placeholders.js'
import {badSource, lineOf, readSource, type Source} from './source.js'

export type Templates = {
  taskDefinition?: {file: string; definition: TaskDefinition}
  appSpec?: {file: string; template: AppSpecTemplate}
}

/** The application's own templates, found from `directory` upward. `from` are the names of the environment they were written for. */
export function readTemplates(directory: string, from: Names, fill: Fill): Templates {
  const read = (name: string): Source | undefined => {
    const path = findUp(directory, name)
    return path ? readSource(path, relative(directory, path)) : undefined
  }
  const definition = read(from.taskDefinitionTemplate)
  const appSpec = read(from.appSpecTemplate)
  return {
    taskDefinition: definition && {file: definition.file, definition: taskDefinitionFrom(definition, from, fill)},
    appSpec: appSpec && {file: appSpec.file, template: appSpecFrom(appSpec, from, fill)},
  }
}

export const noTemplates = ({taskDefinitionTemplate: definition, appSpecTemplate: appSpec}: Names) =>
  new NotFound(`There is neither ${definition} nor ${appSpec} here or above.`, {
    code: 'no_template',
    state: 'Nothing was changed.',
  })

function taskDefinitionFrom(source: Source, from: Names, fill: Fill): TaskDefinition {
  const {file, text} = source
  const {family, container} = fill.names
  const filled = fillIn(source.value, from, fill) as TaskDefinition
  refuseLeftovers(source, withoutImage(filled, container))
  if (!Array.isArray(filled.containerDefinitions)) throw badSource(file, 1, 'containerDefinitions is missing')
  if (filled.family === family) return filled
  const what = `the family is ${JSON.stringify(filled.family)}, but this service runs ${family}`
  throw badSource(file, lineOf(text, 'family'), what, 'family_mismatch')
}

/** The image of the service's own container is what is deployed, whatever stands there. */
const withoutImage = (definition: TaskDefinition, container: string) => ({
  ...definition,
  containerDefinitions: Array.isArray(definition.containerDefinitions)
    ? definition.containerDefinitions.map((one) => (one?.name === container ? {...one, image: ''} : one))
    : [],
})

type Properties = {loadbalancerinfo?: {containername?: string; containerport?: number}; platformversion?: string}
type LowerCased = {resources?: {targetservice?: {properties?: Properties}}[]}

/** CodeDeploy does not mind the case of an AppSpec's keys, so neither does fb; names of lifecycle events are kept. */
function appSpecFrom(source: Source, from: Names, fill: Fill): AppSpecTemplate {
  const filled = fillIn(source.value, from, fill) as object
  const properties = (lowerKeys(filled) as LowerCased).resources?.[0]?.targetservice?.properties
  if (!properties) throw badSource(source.file, 1, 'Resources[0].TargetService.Properties is missing')
  const hooks = Object.entries(filled).find(([key]) => key.toLowerCase() === 'hooks')?.[1] as Hooks | undefined
  refuseLeftovers(source, hooks)
  const {loadbalancerinfo: balancer, platformversion: platformVersion} = properties
  return {container: balancer?.containername, port: balancer?.containerport, platformVersion, hooks}
}

function lowerKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), lowerKeys(inner)]))
}
