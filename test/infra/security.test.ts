import {describe, expect, it} from 'vitest'

import {documentFor, resource} from '../support/document-for.js'

const dev = documentFor()

/** Every rule in one line: who, which way, to or from whom, on which port. */
function rules(document = dev): string[] {
  const tier = (reference: string) => /aws_security_group\.(\w+)\.id/.exec(reference)?.[1] ?? reference
  const lines = (type: string, arrow: string) =>
    Object.values(document.resource[type] ?? {}).map((rule) => {
      const far = (rule.referenced_security_group_id ?? rule.cidr_ipv4) as string
      expect([rule.ip_protocol, rule.to_port, typeof rule.description]).toEqual(['tcp', rule.from_port, 'string'])
      return `${tier(rule.security_group_id as string)} ${arrow} ${tier(far)}:${rule.from_port}`
    })
  return [...lines('aws_vpc_security_group_ingress_rule', '<-'), ...lines('aws_vpc_security_group_egress_rule', '->')]
}

describe('security groups', () => {
  it('let the internet reach the load balancer, and the load balancer the service', () => {
    expect(rules().filter((rule) => rule.startsWith('load_balancer') && !rule.endsWith('9000'))).toEqual([
      'load_balancer <- 0.0.0.0/0:80',
      'load_balancer <- 0.0.0.0/0:443',
      'load_balancer -> service:8000',
    ])
    expect(rules().filter((rule) => rule.startsWith('service <-'))).toEqual(['service <- load_balancer:8000'])
  })

  it('open the test listener to the hooks, which come by way of NAT, and to no one else', () => {
    const open = (knobs: object) => rules(documentFor({knobs})).filter((rule) => /^load_balancer <-.*:9000$/.test(rule))
    expect(open({})).toEqual(['load_balancer <- ${aws_eip.nat_address_a.public_ip}/32:9000'])
    expect(open({network: {nat: 'per-zone'}})).toHaveLength(3)
    expect(open({loadBalancer: {testFrom: ['203.0.113.0/24', '203.0.113.0/24']}})).toEqual([
      'load_balancer <- ${aws_eip.nat_address_a.public_ip}/32:9000',
      'load_balancer <- 203.0.113.0/24:9000',
    ])
  })

  it('let the service alone reach the database', () => {
    const prod = rules(documentFor({env: 'prod'}))
    expect(prod.filter((rule) => rule.includes('5432'))).toEqual([
      'database <- service:5432',
      'service -> database:5432',
    ])
    expect(prod.filter((rule) => rule.startsWith('database ->'))).toEqual([])
  })

  it('let the service out to a database that is somewhere else', () => {
    expect(rules().filter((rule) => rule.includes('5432'))).toEqual(['service -> 0.0.0.0/0:5432'])
    expect(dev.resource.aws_security_group).not.toHaveProperty('database')
  })

  it('let the hooks ask in production without encryption only where there is none', () => {
    const out = (knobs: object) => rules(documentFor({knobs})).filter((rule) => rule.startsWith('hooks ->'))
    expect(out({})).toEqual(['hooks -> 0.0.0.0/0:9000', 'hooks -> 0.0.0.0/0:80', 'hooks -> 0.0.0.0/0:443'])
    expect(out({domain: {name: 'api.example.com'}})).not.toContain('hooks -> 0.0.0.0/0:80')
  })

  it('let tasks and hooks reach the interface endpoints, and the HTTP API the load balancer', () => {
    const all = documentFor({knobs: {network: {interfaceEndpoints: true}, apiGateway: {}}})
    expect(rules(all)).toEqual(
      expect.arrayContaining(['endpoints <- service:443', 'endpoints <- hooks:443', 'api -> load_balancer:80']),
    )
    expect(resource(all, 'aws_vpc_endpoint.ssm').security_group_ids).toEqual(['${aws_security_group.endpoints.id}'])
    expect(resource(all, 'aws_apigatewayv2_vpc_link.private').security_group_ids).toEqual([
      '${aws_security_group.api.id}',
    ])
  })

  it('open one port for each that the services have', () => {
    const two = rules(documentFor({services: {v1: {}, v2: {}, v3: {port: 8001}}}))
    expect(two.filter((rule) => rule.startsWith('service <-'))).toEqual([
      'service <- load_balancer:8000',
      'service <- load_balancer:8001',
    ])
  })

  it('are never replaced under a running task: nothing in their name or description can change', () => {
    const {name_prefix, description, name, lifecycle} = resource(dev, 'aws_security_group.service')
    expect({name_prefix, description, name, lifecycle}).toEqual({
      name_prefix: 'fastapi-bootstrap-dev-service-',
      lifecycle: {create_before_destroy: true},
    })
  })
})
