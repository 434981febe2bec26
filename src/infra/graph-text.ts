import {padEnd, wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import type {Graph} from './graph.js'
import {counted} from './words.js'

/** For the eyes: which module needs what of which others. */
export function overview({modules, edges}: Graph, {paint, width}: Canvas): string[] {
  const moduleOf = new Map(modules.flatMap(({name, resources}) => resources.map(({address}) => [address, name])))
  const edge = Math.max(0, ...modules.map(({name}) => name.length)) + 2
  const lines = modules.flatMap(({name, resources}) => {
    const needed = edges.filter(({from}) => moduleOf.get(from) === name).map(({to}) => moduleOf.get(to)!)
    const others = modules.filter((one) => one.name !== name && needed.includes(one.name)).map((one) => one.name)
    const head = `${padEnd(paint.bold(name || 'stack'), edge)}${String(resources.length).padStart(3)}  `
    const text = others.length > 0 ? `needs ${others.join(', ')}` : paint.dim('needs no other')
    return wrapped(head + text, width, edge + 5)
  })
  const sum = `${counted(edges.length, 'reference')} between ${counted(moduleOf.size, 'resource')}`
  return [...lines, '', ...wrapped(`${paint.bold(sum)}; --format svg, mermaid or dot has each of them.`, width, 2)]
}

/** For a Markdown page: GitHub and GitLab draw it. */
export function mermaid({modules, edges}: Graph): string[] {
  const id = (address: string) => address.replaceAll('.', '__').replace(/[^A-Za-z0-9_]/g, '_')
  return [
    'flowchart LR',
    ...modules.flatMap(({name, resources}) => [
      `  subgraph ${name || 'stack'}`,
      ...resources.map(({address, type, name}) => `    ${id(address)}["${shortType(type)}<br/>${name}"]`),
      '  end',
    ]),
    ...edges.map(({from, to}) => `  ${id(from)} --> ${id(to)}`),
  ]
}

/** For Graphviz. */
export function dot({env, modules, edges}: Graph): string[] {
  const text = JSON.stringify
  return [
    `digraph ${text(env)} {`,
    '  rankdir=LR',
    '  node [shape=box, style=rounded, fontname="sans-serif", fontsize=10]',
    ...modules.flatMap(({name, resources}) => [
      `  subgraph ${text(`cluster_${name}`)} {`,
      `    label=${text(name || 'stack')}`,
      ...resources.map(
        ({address, type, name}) => `    ${text(address)} [label=${text(`${shortType(type)}\n${name}`)}]`,
      ),
      '  }',
    ]),
    ...edges.map(({from, to}) => `  ${text(from)} -> ${text(to)}`),
    '}',
  ]
}

export const shortType = (type: string) => type.replace(/^aws_/, '')
