import {KmsAlias} from '@cdktf/provider-aws/lib/kms-alias/index.js'
import {KmsKey} from '@cdktf/provider-aws/lib/kms-key/index.js'
import {Construct} from 'constructs'

import {namesOf} from '../../src/config/names.js'
import type {StackSettings} from '../settings.js'

/** The key of the environment: logs, database, secrets, alerts, images of `shared`. */
export class Kms extends Construct {
  readonly arn: string

  constructor(scope: Construct, settings: StackSettings) {
    super(scope, 'kms')
    const {app, environment} = settings
    const key = new KmsKey(this, 'main', {
      description: `${app} ${environment.name}`,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: policy(settings),
    })
    this.arn = key.arn
    const {kmsKey: name} = namesOf({app, env: environment.name, service: ''})
    new KmsAlias(this, 'alias', {name, targetKeyId: key.keyId})
  }
}

const USE = ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*']

/** The account's own policies decide, and the services that encrypt on our behalf may use it for us alone. */
function policy({environment: {region}, account}: StackSettings): string {
  const logs = `arn:aws:logs:${region}:${account}:log-group:*`
  const services = ['cloudwatch', 'events', 'budgets', 'costalerts', 'codestar-notifications']
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Account',
        Effect: 'Allow',
        Principal: {AWS: `arn:aws:iam::${account}:root`},
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Sid: 'Logs',
        Effect: 'Allow',
        Principal: {Service: `logs.${region}.amazonaws.com`},
        Action: USE,
        Resource: '*',
        Condition: {ArnLike: {'kms:EncryptionContext:aws:logs:arn': logs}},
      },
      {
        // Without it alarms reach an encrypted topic never, and say nothing.
        Sid: 'Alerts',
        Effect: 'Allow',
        Principal: {Service: services.map((service) => `${service}.amazonaws.com`)},
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        Condition: {StringEquals: {'aws:SourceAccount': account}},
      },
    ],
  })
}
