import {expect, it} from 'vitest'

import {addresses, documentFor, resource} from '../support/document-for.js'

const withDomain = (name: string, zoneId?: string) => documentFor({knobs: {domain: {name, zoneId}}})

it.each([
  ['api.example.com', 'example.com'],
  ['example.com', 'example.com'],
  ['api.shop.example.com', 'shop.example.com'],
])('looks for %s in the zone %s', (name, zone) => {
  expect(withDomain(name).data?.aws_route53_zone?.zone).toMatchObject({name: zone, private_zone: false})
})

it('looks for no zone whose id is given', () => {
  const document = withDomain('api.example.com', 'Z123')
  expect(document.data).toBeUndefined()
  expect(resource(document, 'aws_route53_record.ipv4').zone_id).toBe('Z123')
})

it('makes a certificate and proves that the name is ours', () => {
  const document = withDomain('api.example.com')
  expect(resource(document, 'aws_acm_certificate.main')).toMatchObject({
    domain_name: 'api.example.com',
    validation_method: 'DNS',
    lifecycle: {create_before_destroy: true},
  })
  const {name, records, allow_overwrite: overwrite} = resource(document, 'aws_route53_record.proof')
  expect(name).toContain('aws_acm_certificate.main.domain_validation_options')
  expect(records).toHaveLength(1)
  expect(overwrite).toBe(true)
  expect(resource(document, 'aws_acm_certificate_validation.valid')).toEqual({
    certificate_arn: '${aws_acm_certificate.main.arn}',
    validation_record_fqdns: ['${aws_route53_record.proof.fqdn}'],
  })
})

it.each([
  ['ipv4', 'A'],
  ['ipv6', 'AAAA'],
])('points the name to the load balancer: %s', (id, type) => {
  expect(resource(withDomain('api.example.com'), `aws_route53_record.${id}`)).toMatchObject({
    name: 'api.example.com',
    type,
    alias: {name: '${aws_lb.main.dns_name}', zone_id: '${aws_lb.main.zone_id}'},
  })
})

it('is nothing without a domain', () => {
  expect(addresses(documentFor({env: 'prod'}), 'aws_route53_record')).toEqual([])
})
