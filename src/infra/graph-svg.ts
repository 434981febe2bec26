import {Graph as Layout, layout} from '@dagrejs/dagre'

import type {Graph} from './graph.js'
import {shortType} from './graph-text.js'

type Box = {x: number; y: number; width: number; height: number}
type Line = {points?: {x: number; y: number}[]}

const LINE = 14
const PADDING = 8
const COLUMN = 6.2
const STYLE = `text{font:11px ui-sans-serif,system-ui,sans-serif;fill:#1f2328}.type{fill:#59636e}.module{font-weight:600}
.group{fill:#f6f8fa;stroke:#d1d9e0}.node{fill:#fff;stroke:#59636e}.edge{fill:none;stroke:#818b98}`

/** A picture for a page or a review: each module a frame, each resource a box, an arrow to what it needs. */
export function svg({env, modules, edges}: Graph): string[] {
  const graph = laidOut({env, modules, edges})
  const {width = 0, height = 0} = graph.graph() as {width?: number; height?: number}
  const boxes = modules.flatMap(({resources}) => resources.map((one) => box(graph.node(one.address), one)))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-label="${escaped(env)}">`,
    `<title>${escaped(env)}</title>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#818b98"/></marker></defs>',
    ...modules.map(({name}) => frame(graph.node(moduleId(name)), name || 'stack')),
    ...edges.map(({from, to}) => arrow(graph.edge(from, to))),
    ...boxes,
    '</svg>',
  ]
}

function laidOut({modules, edges}: Graph) {
  const graph = new Layout({compound: true})
  graph.setGraph({rankdir: 'LR', nodesep: 8, ranksep: 60, marginx: 20, marginy: 20})
  for (const {name, resources} of modules) {
    graph.setNode(moduleId(name), {})
    for (const {address, type, name: own} of resources) {
      const width = Math.max(shortType(type).length, own.length) * COLUMN + 2 * PADDING
      graph.setNode(address, {width, height: 2 * LINE + PADDING})
      graph.setParent(address, moduleId(name))
    }
  }
  for (const {from, to} of edges) graph.setEdge(from, to, {})
  layout(graph)
  return graph
}

const moduleId = (name: string) => `module ${name}`

function frame({x, y, width, height}: Box, name: string): string {
  const [left, top] = [x - width / 2, y - height / 2]
  return `<rect class="group" ${placed(left, top, width, height)} rx="8"/><text class="module" x="${round(left + PADDING)}" y="${round(top + LINE)}">${escaped(name)}</text>`
}

function box({x, y, width, height}: Box, {type, name}: {type: string; name: string}): string {
  const line = (text: string, at: number, kind: string) =>
    `<text class="${kind}" x="${round(x)}" y="${round(at)}" text-anchor="middle">${escaped(text)}</text>`
  return `<rect class="node" ${placed(x - width / 2, y - height / 2, width, height)} rx="4"/>${line(shortType(type), y - 2, 'type')}${line(name, y + LINE - 2, 'name')}`
}

const arrow = ({points = []}: Line): string =>
  `<polyline class="edge" marker-end="url(#to)" points="${points.map(({x, y}) => `${round(x)},${round(y)}`).join(' ')}"/>`

const placed = (x: number, y: number, width: number, height: number) =>
  `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`

const round = (n: number) => Math.round(n * 10) / 10

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
