import {CreateDBInstanceCommand, RDSClient} from '@aws-sdk/client-rds'
import {expect, it} from 'vitest'

import {rds} from '../../src/aws/rds.js'
import {motoHome, noMoto} from '../support/moto.js'

it.skipIf(noMoto)('takes a snapshot once, however often it is asked for', async () => {
  const {url, app} = await motoHome()
  const connection = {
    region: 'us-east-1',
    endpoint: url,
    credentials: {accessKeyId: 'test', secretAccessKey: 'test'},
    signal: new AbortController().signal,
    login: {},
  }
  const instance = {DBInstanceIdentifier: app, Engine: 'postgres', DBInstanceClass: 'db.t4g.micro'}
  const more = {AllocatedStorage: 20, MasterUsername: 'app', MasterUserPassword: 'not-a-secret'}
  await new RDSClient(connection).send(new CreateDBInstanceCommand({...instance, ...more}))
  const {createSnapshot, snapshot} = rds(connection)
  await createSnapshot(app, `${app}-final`)
  await createSnapshot(app, `${app}-final`)
  expect(await snapshot(`${app}-final`)).toMatchObject({status: 'available'})
})
