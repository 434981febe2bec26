import {describe, expect, it} from 'vitest'

import {routes} from '../../infra/modules/ecs/routing.js'
import {addresses, documentFor, resource} from '../support/document-for.js'

const CERTIFICATE = 'arn:aws:acm:us-east-1:111111111111:certificate/1'
const service = (path: string, health = '/health') => ({path, port: 8000, health})

describe('without a certificate and without a domain', () => {
  const document = documentFor()

  it('speaks plain HTTP', () => {
    expect(resource(document, 'aws_lb_listener.production')).toMatchObject({port: 80, protocol: 'HTTP'})
    expect(resource(document, 'aws_lb_listener.test')).toMatchObject({port: 9000, protocol: 'HTTP'})
    expect(addresses(document, 'aws_lb_listener')).toHaveLength(2)
    expect(document.output?.url?.value).toBe('http://${aws_lb.main.dns_name}')
  })

  it('gives no certificate to a listener that has no use for it', () => {
    expect(resource(document, 'aws_lb_listener.production')).not.toHaveProperty('certificate_arn')
    expect(resource(document, 'aws_lb_listener.production')).not.toHaveProperty('ssl_policy')
  })
})

describe.each([
  ['with a certificate', {loadBalancer: {certificate: CERTIFICATE}}, CERTIFICATE, 'https://${aws_lb.main.dns_name}'],
  [
    'with a domain',
    {domain: {name: 'api.example.com'}},
    '${aws_acm_certificate_validation.valid.certificate_arn}',
    'https://api.example.com',
  ],
])('%s', (_, knobs, certificate, url) => {
  const document = documentFor({knobs})

  it('speaks HTTPS, to those who test too', () => {
    const encrypted = {
      protocol: 'HTTPS',
      certificate_arn: certificate,
      ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    }
    expect(resource(document, 'aws_lb_listener.production')).toMatchObject({port: 443, ...encrypted})
    expect(resource(document, 'aws_lb_listener.test')).toMatchObject({port: 9000, ...encrypted})
    expect(document.output?.url?.value).toBe(url)
  })

  it('sends whoever comes in plain HTTP there', () => {
    expect(resource(document, 'aws_lb_listener.redirect')).toMatchObject({
      port: 80,
      protocol: 'HTTP',
      default_action: [{type: 'redirect', redirect: {port: '443', protocol: 'HTTPS', status_code: 'HTTP_301'}}],
    })
  })
})

it('cannot be deleted by mistake in prod', () => {
  const protection = (env: string) => resource(documentFor({env}), 'aws_lb.main').enable_deletion_protection
  expect([protection('dev'), protection('prod')]).toEqual([false, true])
})

describe('routes', () => {
  it('lead everything to a service that is alone', () => {
    expect(routes({v1: service('/api/v1*')}).v1!.paths).toEqual(['/*'])
  })

  it('lead to each of several what is its own, and a health check to the first that has it', () => {
    const {v1, v2, v3} = routes({
      v1: service('/api/v1*'),
      v2: service('/api/v2*'),
      v3: service('/api/v3*', '/api/v3/health'),
    })
    expect([v1!.paths, v2!.paths, v3!.paths]).toEqual([
      ['/api/v1*', '/health'],
      ['/api/v2*'],
      ['/api/v3*', '/api/v3/health'],
    ])
  })

  it('try the longer pattern first', () => {
    const {v1, v10, all} = routes({v1: service('/api/v1*'), v10: service('/api/v10*'), all: service('/*')})
    expect(v10!.priority).toBeLessThan(v1!.priority)
    expect(v1!.priority).toBeLessThan(all!.priority)
  })

  it('keep their places when another service comes or goes', () => {
    const [v1, v2, v3] = [service('/api/v1*'), service('/api/v2*'), service('/api/v3*')]
    expect(routes({v2, v3, v1}).v1!.priority).toBe(routes({v1}).v1!.priority)
    expect(routes({v1, v2, v3}).v3!.namedPriority).toBe(routes({v3}).v3!.namedPriority)
  })

  it('have places of their own, which the load balancer has, however many there are', () => {
    const many = Object.fromEntries(Array.from({length: 60}, (_, i) => [`v${i}`, service(`/api/v${i}*`)]))
    const places = Object.values(routes(many)).flatMap(({priority, namedPriority}) => [priority, namedPriority])
    expect(new Set(places).size).toBe(120)
    expect(Math.max(...places, routes({root: service('/')}).root!.priority)).toBeLessThanOrEqual(50_000)
    expect(Math.min(...places, routes({long: service(`/${'x'.repeat(127)}`)}).long!.priority)).toBeGreaterThan(0)
  })
})

describe('several services', () => {
  const document = documentFor({services: {v1: {}, v2: {port: 8080, health: '/api/v2/health'}}})
  const rule = (name: string) => resource(document, `aws_lb_listener_rule.${name}`)

  it.each(['production', 'test'])('share the %s listener by their paths', (listener) => {
    const {priority, ...second} = rule(`${listener}_v2`)
    expect(second).toMatchObject({
      listener_arn: `\${aws_lb_listener.${listener}.arn}`,
      condition: [{path_pattern: {values: ['/api/v2*', '/api/v2/health']}}],
      action: [{type: 'forward', target_group_arn: '${aws_lb_target_group.blue_v2.arn}'}],
    })
    expect(rule(listener)).toMatchObject({
      condition: [{path_pattern: {values: ['/api/v1*', '/health']}}],
      action: [{type: 'forward', target_group_arn: '${aws_lb_target_group.blue.arn}'}],
    })
    expect(rule(listener).priority).not.toBe(priority)
  })

  it('are told apart by name on the test listener, before any path', () => {
    expect(rule('test_by_name_v2').condition).toEqual([
      {http_header: {http_header_name: 'x-fb-service', values: ['v2']}},
    ])
    const places = ['test', 'test_v2'].map((name) => rule(name).priority)
    expect(rule('test_by_name_v2').priority).toBeLessThan(Math.min(...places))
  })

  it('have each a pair of target groups, with the port and the health check that are theirs', () => {
    for (const colour of ['blue', 'green'])
      expect(resource(document, `aws_lb_target_group.${colour}_v2`)).toMatchObject({
        name: `fastapi-bootstrap-v2-dev-${colour}`,
        port: 8080,
        target_type: 'ip',
        health_check: {path: '/api/v2/health', matcher: '200'},
      })
  })

  it('change the patterns of the rules that a lone one had, and nothing else of them', () => {
    const alone = documentFor()
    for (const name of ['production', 'test', 'test_by_name']) {
      const {condition: before, ...kept} = resource(alone, `aws_lb_listener_rule.${name}`)
      const {condition: after, ...still} = rule(name)
      expect(still).toEqual(kept)
      if (name !== 'test_by_name') expect(after).not.toEqual(before)
    }
  })
})
