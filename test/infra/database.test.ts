import {describe, expect, it} from 'vitest'

import {addresses, documentFor, resource} from '../support/document-for.js'

const prod = documentFor({env: 'prod'})
const instance = (document = prod) => resource(document, 'aws_db_instance.main')

it('is there in prod, and elsewhere only when fb.yml asks for it', () => {
  expect(addresses(prod, 'aws_db_instance')).toHaveLength(1)
  expect(addresses(documentFor(), 'aws_db_instance')).toHaveLength(0)
  expect(addresses(documentFor({knobs: {database: {}}}), 'aws_db_instance')).toHaveLength(1)
  expect(addresses(documentFor({env: 'prod', knobs: {database: false}}), 'aws_db_instance')).toHaveLength(0)
})

describe('in prod', () => {
  it('is private, encrypted, doubled and backed up', () => {
    expect(instance()).toMatchObject({
      engine: 'postgres',
      engine_version: '16',
      publicly_accessible: false,
      storage_encrypted: true,
      kms_key_id: '${aws_kms_key.main.arn}',
      multi_az: true,
      backup_retention_period: 7,
      deletion_protection: true,
      performance_insights_enabled: true,
      auto_minor_version_upgrade: true,
    })
    expect(resource(prod, 'aws_db_subnet_group.private').subnet_ids).toEqual(
      ['a', 'b', 'c'].map((zone) => `\${aws_subnet.database_${zone}.id}`),
    )
  })

  it('is upgraded in its window only, which is not that of the backups', () => {
    const {apply_immediately, maintenance_window, backup_window} = instance()
    expect(apply_immediately).toBe(false)
    expect([maintenance_window, backup_window]).toEqual(['sun:04:30-sun:05:30', '03:00-04:00'])
  })

  it('leaves a snapshot of its own name and its backups behind, even once its protection is off', () => {
    const off = instance(documentFor({env: 'prod', knobs: {database: {deletionProtection: false}}}))
    expect(off).toMatchObject({deletion_protection: false, skip_final_snapshot: false, delete_automated_backups: false})
    expect(off.final_snapshot_identifier).toMatch(
      /^fastapi-bootstrap-prod-final-\$\{formatdate\(.+, timestamp\(\)\)\}$/,
    )
    expect(off.lifecycle.ignore_changes).toEqual(['final_snapshot_identifier'])
  })
})

it('in dev goes without standby and snapshot', () => {
  const dev = instance(documentFor({knobs: {database: {backupDays: 35}}}))
  expect(dev).toMatchObject({multi_az: false, skip_final_snapshot: true, backup_retention_period: 35})
})

it('takes TLS connections only', () => {
  const {family, parameter} = resource(prod, 'aws_db_parameter_group.tls')
  expect(family).toBe('postgres16')
  expect(parameter).toEqual([{name: 'rds.force_ssl', value: '1'}])
})

it('keeps its logs no longer than all others, and encrypted', () => {
  for (const log of ['postgresql', 'upgrade'])
    expect(resource(prod, `aws_cloudwatch_log_group.${log}`)).toMatchObject({
      name: `/aws/rds/instance/fastapi-bootstrap-prod/${log}`,
      retention_in_days: 90,
      kms_key_id: '${aws_kms_key.main.arn}',
    })
})

describe('the password', () => {
  const text = JSON.stringify(prod)
  const [container] = JSON.parse(
    resource(prod, 'aws_ecs_task_definition.app').container_definitions.replace(/^\$\{jsonencode\((.*)\)\}$/s, '$1'),
  )

  it('is nowhere in the document, nor in the URL that a task is given', () => {
    expect(instance()).not.toHaveProperty('password')
    expect(instance().manage_master_user_password).toBe(true)
    expect(text).not.toMatch(/data\.aws_secretsmanager/)
    expect(variablesOf(container)).toMatchObject({
      DB_URL: 'postgresql://${aws_db_instance.main.endpoint}/${aws_db_instance.main.db_name}',
      PGSSLMODE: 'require',
    })
  })

  it('reaches the task as a secret, under the name that every driver knows', () => {
    const secret = '${aws_db_instance.main.master_user_secret[0].secret_arn}'
    expect(container.secrets).toEqual(
      expect.arrayContaining([
        {name: 'PGUSER', valueFrom: `${secret}:username::`},
        {name: 'PGPASSWORD', valueFrom: `${secret}:password::`},
      ]),
    )
    expect(container.secrets.map(({name}: {name: string}) => name)).not.toContain('DB_URL')
  })

  it('is rotated four times a year, not each week', () => {
    expect(resource(prod, 'aws_secretsmanager_secret_rotation.password')).toMatchObject({
      rotate_immediately: false,
      rotation_rules: {automatically_after_days: 90},
    })
  })
})

const variablesOf = ({environment}: {environment: {name: string; value: string}[]}) =>
  Object.fromEntries(environment.map(({name, value}) => [name, value]))
