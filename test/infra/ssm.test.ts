import {expect, it} from 'vitest'

import {addresses, documentFor, resource} from '../support/document-for.js'

const dev = documentFor()

it('keeps secrets under the key of the environment, the rest in the clear', () => {
  expect(resource(dev, 'aws_ssm_parameter.secret_key')).toMatchObject({
    name: '/fastapi-bootstrap/dev/SECRET_KEY',
    type: 'SecureString',
    key_id: '${aws_kms_key.main.arn}',
  })
  expect(resource(dev, 'aws_ssm_parameter.log_level')).toMatchObject({
    name: '/fastapi-bootstrap/dev/LOG_LEVEL',
    type: 'String',
  })
})

it('never overwrites what people have set', () => {
  for (const address of addresses(dev, 'aws_ssm_parameter'))
    expect(resource(dev, address).lifecycle.ignore_changes).toContain('value')
})

it('has a place for the URL of a database only where there is none of the environment’s own', () => {
  expect(addresses(dev, 'aws_ssm_parameter')).toContain('aws_ssm_parameter.db_url')
  expect(resource(dev, 'aws_ssm_parameter.db_url').type).toBe('SecureString')
  expect(addresses(documentFor({env: 'prod'}), 'aws_ssm_parameter')).not.toContain('aws_ssm_parameter.db_url')
})
