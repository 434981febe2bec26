import {CreateDBInstanceCommand, RDSClient} from '@aws-sdk/client-rds'
import {expect, it} from 'vitest'

import {rds} from '../../src/aws/rds.js'
import {motoHome, noMoto} from '../support/moto.js'
import {network} from '../support/moto-network.js'

/** A database, and the way to it. */
async function withDatabase() {
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
  return {url, app, connection}
}

it.skipIf(noMoto)('takes a snapshot once, however often it is asked for', async () => {
  const {app, connection} = await withDatabase()
  const {createSnapshot, snapshot} = rds(connection)
  await createSnapshot(app, `${app}-final`)
  await createSnapshot(app, `${app}-final`)
  expect(await snapshot(`${app}-final`)).toMatchObject({status: 'available'})
})

it.skipIf(noMoto)('asks again for a snapshot when the answer is lost, and takes the one that is there', async () => {
  const {url, app, connection} = await withDatabase()
  const lost = {kind: 'reset after AWS has carried it out', operation: 'rds:CreateDBSnapshot'} as const
  const {reached, ...proxy} = await network({url}, [lost])
  const {createSnapshot, snapshot} = rds({...connection, endpoint: proxy.url})
  await createSnapshot(app, `${app}-final`)
  expect(reached).toEqual(['rds:CreateDBSnapshot', 'rds:CreateDBSnapshot'])
  expect(await snapshot(`${app}-final`)).toMatchObject({status: 'available'})
})
