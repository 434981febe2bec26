import {expect, it} from 'vitest'

import {type Definition, documentText} from '../../src/infra/definition.js'
import {graphOf} from '../../src/infra/graph.js'
import {svg} from '../../src/infra/graph-svg.js'
import {dot, mermaid, overview} from '../../src/infra/graph-text.js'
import {placesOf} from '../../src/infra/places.js'
import {addressesIn} from '../../src/infra/targets.js'
import {terraformFailure} from '../../src/terraform/failure.js'
import {canvas} from '../support/canvas.js'

const made = (module: string, body: object) => ({'//': {metadata: {path: `dev/${module}`}}, ...body})

const definition: Definition = {
  app: 'shop',
  env: 'dev',
  account: '123456789012',
  region: 'us-east-1',
  hooks: [],
  document: {
    terraform: {},
    provider: {aws: [{region: 'us-east-1'}]},
    resource: {
      aws_vpc: {main: made('vpc/main', {cidr_block: '10.0.0.0/16'})},
      aws_subnet: {a: made('vpc/a', {vpc_id: '${aws_vpc.main.id}', tags: {Name: 'aws_lb.main is only a text'}})},
      aws_lb: {main: made('ecs/load_balancer/main', {subnets: ['${aws_subnet.a.id}'], depends_on: ['aws_vpc.main']})},
      aws_lb_listener: {x: made('ecs/x', {policy: '{"on":"${aws_lb.main.arn}/${data.aws_zone.one.id}"}'})},
    },
    data: {aws_zone: {one: made('dns/one', {name: 'x.com'})}},
  },
}

it('finds the construct of a line of the document, and of an address', () => {
  const where = placesOf(definition)
  const lines = documentText(definition).split('\n')
  const line = lines.findIndex((text) => text.includes('"vpc_id"')) + 1
  expect(where({line})).toBe('infra/modules/vpc · aws_subnet.a.vpc_id')
  expect(where({address: 'aws_lb.main'})).toBe('infra/modules/ecs · aws_lb.main')
  expect(where({line: lines.findIndex((text) => text.includes('"x.com"')) + 1})).toBe(
    'infra/modules/dns · data.aws_zone.one.name',
  )
  expect(where({line: 2})).toBe('terraform')
  expect(where({})).toBeUndefined()
})

it('names the resource alone where Terraform means all of it, and the provider where it means that', () => {
  const where = placesOf(definition)
  const lines = documentText(definition).split('\n')
  const line = lines.findIndex((text) => text.includes('"aws_vpc"')) + 3
  expect(lines[line - 1]).toContain('"//"')
  expect(where({line, address: 'aws_vpc.main'})).toBe('infra/modules/vpc · aws_vpc.main')
  expect(where({address: 'provider["registry.terraform.io/hashicorp/aws"]'})).toBe('infra/stack · the AWS provider')
  expect(where({line: lines.findIndex((text) => text.includes('"region"')) + 1})).toContain('the AWS provider')
})

it('names the domain and the zone that was looked for', () => {
  const asked = {zone: made('dns/zone', {name: 'example.com'})}
  const main = made('dns/main', {domain_name: 'api.example.com'})
  const {document} = definition
  const resource = {...document.resource, aws_acm_certificate: {main}}
  const where = placesOf({...definition, document: {...document, resource, data: {aws_route53_zone: asked}}})
  const wrong = {severity: 'error' as const, summary: 'no matching Route 53 Hosted Zone found', detail: ''}
  const failure = terraformFailure('', [{...wrong, address: 'data.aws_route53_zone.zone'}], [], where)
  expect(failure).toMatchObject({code: 'no_zone', exitCode: 2})
  expect(failure.because.join()).toContain(
    'infra/modules/dns · data.aws_route53_zone.zone, the public zone example.com for api.example.com',
  )
})

it('reads what needs what off the references, and nothing off texts', () => {
  const {edges} = graphOf(definition)
  expect(edges.map(({from, to}) => `${from} ${to}`).sort()).toEqual([
    'aws_lb.main aws_subnet.a',
    'aws_lb.main aws_vpc.main',
    'aws_lb_listener.x aws_lb.main',
    'aws_lb_listener.x data.aws_zone.one',
    'aws_subnet.a aws_vpc.main',
  ])
})

it('draws it for Mermaid and Graphviz, and says it by modules', () => {
  const graph = graphOf(definition)
  expect(mermaid(graph)).toContain('  subgraph vpc')
  expect(mermaid(graph)).toContain('  aws_lb_listener__x --> aws_lb__main')
  expect(dot(graph)).toContain('  "aws_subnet.a" -> "aws_vpc.main"')
  expect(overview(graph, canvas())).toContain('ecs    2  needs vpc, dns')
})

it('draws it as a picture: a frame for each module, a box for each resource inside it, an arrow for each reference', () => {
  const graph = graphOf(definition)
  const picture = svg(graph).join('\n')
  const boxes = (kind: string) =>
    [
      ...picture.matchAll(
        new RegExp(`class="${kind}" x="([\\d.]+)" y="([\\d.]+)" width="([\\d.]+)" height="([\\d.]+)"`, 'g'),
      ),
    ].map(([, ...numbers]) => numbers.map(Number) as [number, number, number, number])
  expect(boxes('group')).toHaveLength(graph.modules.length)
  expect(boxes('node')).toHaveLength(graph.modules.flatMap(({resources}) => resources).length)
  const inside = ([x, y, width, height]: number[]) =>
    boxes('group').filter(
      ([left, top, w, h]) => x! >= left && y! >= top && x! + width! <= left + w && y! + height! <= top + h,
    )
  for (const box of boxes('node')) expect(inside(box)).toHaveLength(1)
  expect(picture.match(/<polyline/g)).toHaveLength(graph.edges.length)
})

it('shows a module with its neighbours alone', () => {
  const graph = graphOf(definition, addressesIn(definition, 'dns'))
  expect(graph.modules.map(({name}) => name)).toEqual(['ecs', 'dns'])
  expect(() => addressesIn(definition, 'vcp')).toThrow(
    expect.objectContaining({because: ['Did you mean vpc?'], exitCode: 3}),
  )
})
