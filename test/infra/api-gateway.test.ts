import {expect, it} from 'vitest'

import {addresses, documentFor, resource} from '../support/document-for.js'

it('is there only when fb.yml asks for it', () => {
  for (const env of ['dev', 'prod']) expect(addresses(documentFor({env}), 'aws_apigatewayv2_api')).toEqual([])
  expect(documentFor().output).not.toHaveProperty('api_url')
})

it('takes every request to the listener, through the VPC', () => {
  const document = documentFor({knobs: {apiGateway: {}}})
  expect(resource(document, 'aws_apigatewayv2_route.everything')).toMatchObject({route_key: '$default'})
  expect(resource(document, 'aws_apigatewayv2_integration.load_balancer')).toMatchObject({
    integration_type: 'HTTP_PROXY',
    integration_uri: '${aws_lb_listener.production.arn}',
    connection_type: 'VPC_LINK',
    connection_id: '${aws_apigatewayv2_vpc_link.private.id}',
  })
  expect(resource(document, 'aws_apigatewayv2_vpc_link.private')).toMatchObject({
    subnet_ids: ['a', 'b', 'c'].map((zone) => `\${aws_subnet.private_${zone}.id}`),
    security_group_ids: ['${aws_security_group.api.id}'],
  })
  expect(document.output?.api_url?.value).toBe('${aws_apigatewayv2_api.main.api_endpoint}')
})

it('slows down who asks too much', () => {
  const limits = (apiGateway: object) =>
    resource(documentFor({knobs: {apiGateway}}), 'aws_apigatewayv2_stage.default').default_route_settings
  expect(limits({})).toMatchObject({throttling_burst_limit: 100, throttling_rate_limit: 50})
  expect(limits({burst: 7, requestsPerSecond: 3})).toMatchObject({throttling_burst_limit: 7, throttling_rate_limit: 3})
})

it('writes a JSON line for each request into a log of its own', () => {
  const document = documentFor({knobs: {apiGateway: {}, logs: {days: 30}}})
  const {destination_arn: to, format} = resource(document, 'aws_apigatewayv2_stage.default').access_log_settings
  expect(to).toBe('${aws_cloudwatch_log_group.api.arn}')
  expect(JSON.parse(format)).toMatchObject({status: '$context.status', path: '$context.path'})
  expect(resource(document, 'aws_cloudwatch_log_group.api')).toEqual({
    name: '/aws/vendedlogs/fastapi-bootstrap-dev/api',
    retention_in_days: 30,
    kms_key_id: '${aws_kms_key.main.arn}',
  })
})

it('speaks HTTPS to a listener that does, and checks the name of its certificate', () => {
  const knobs = {apiGateway: {}, domain: {name: 'api.example.com'}}
  expect(resource(documentFor({knobs}), 'aws_apigatewayv2_integration.load_balancer').tls_config).toEqual({
    server_name_to_verify: 'api.example.com',
  })
})
