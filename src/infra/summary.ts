import {padEnd, padStart, wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import {byModule, type Definition, type Resource, resourcesOf} from './definition.js'
import {counted, placeText} from './words.js'

type Summary = {
  env: string
  resources: number
  dataSources: number
  outputs: number
  modules: {name: string; types: Record<string, number>; resources: number}[]
}

/** How much a definition has, by module. */
function summaryOf({env, document}: Definition): Summary {
  const all = resourcesOf(document)
  const managed = all.filter(({mode}) => mode === 'managed')
  const modules = [...byModule(managed)].map(([name, own]) => ({name, resources: own.length, types: typesOf(own)}))
  const outputs = Object.keys(document.output ?? {}).length
  return {env, resources: managed.length, dataSources: all.length - managed.length, outputs, modules}
}

function typesOf(resources: Resource[]): Record<string, number> {
  const types: Record<string, number> = {}
  for (const {type} of resources) types[type] = (types[type] ?? 0) + 1
  return types
}

export function summaryText(definition: Definition, canvas: Canvas): string[] {
  const {paint, width} = canvas
  const {modules, resources, outputs, dataSources} = summaryOf(definition)
  const edge = Math.max(0, ...modules.map(({name}) => name.length)) + 2
  const lines = modules.flatMap(({name, resources, types}) => {
    const head = `${padEnd(paint.bold(name), edge)}${padStart(String(resources), 3)}  `
    const [first = '', ...rest] = wrapped(typesText(types), width - edge - 5, 0).map(paint.dim)
    return [head + first, ...rest.map((line) => ' '.repeat(edge + 5) + line)]
  })
  const sums = [
    counted(resources, 'resource'),
    ...(dataSources > 0 ? [counted(dataSources, 'data source')] : []),
    counted(outputs, 'output'),
  ]
  const total = `${paint.bold(sums.join(', '))} in ${counted(modules.length, 'module')}: ${placeText(definition, canvas)}`
  return [...lines, '', ...wrapped(total, width, 2)]
}

const typesText = (types: Record<string, number>) =>
  Object.entries(types)
    .map(([type, n]) => type.replace(/^aws_/, '') + (n > 1 ? `×${n}` : ''))
    .join(', ')

export const writtenText = (file: string, {paint, safe}: Canvas): string[] => [
  `${paint.good('✔')} Written to ${paint.bold(safe(file))}.`,
]

/** Said wherever a person may still change it. */
export const plainHttp = (env: string, {paint, width}: Canvas): string[] =>
  wrapped(
    `${paint.warn('!')} The load balancer of ${env} speaks plain HTTP: fb.yml gives it neither a domain nor a certificate.`,
    width,
    2,
  )
