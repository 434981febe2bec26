import {CloudTrailClient, LookupEventsCommand} from '@aws-sdk/client-cloudtrail'
import {DecryptCommand, GenerateDataKeyCommand, KMSClient} from '@aws-sdk/client-kms'
import {CreateDBSnapshotCommand, DescribeDBSnapshotsCommand, RDSClient} from '@aws-sdk/client-rds'
import {expect, it} from 'vitest'

import {home} from '../support/fb.js'

const config = () => ({
  region: 'us-east-1',
  credentials: {accessKeyId: 'a', secretAccessKey: 'b'},
  requestHandler: home().sandbox.requestHandler as never,
  maxAttempts: 1,
})

it('has nobody else at work, whose calls could be looked up', async () => {
  expect((await new CloudTrailClient(config()).send(new LookupEventsCommand({}))).Events).toEqual([])
})

it('has no database', async () => {
  const rds = new RDSClient(config())
  const input = {DBInstanceIdentifier: 'db', DBSnapshotIdentifier: 'last'}
  await expect(rds.send(new CreateDBSnapshotCommand(input))).rejects.toMatchObject({name: 'DBInstanceNotFoundFault'})
  await expect(rds.send(new DescribeDBSnapshotsCommand(input))).rejects.toMatchObject({name: 'DBSnapshotNotFoundFault'})
  expect((await rds.send(new DescribeDBSnapshotsCommand({}))).DBSnapshots).toEqual([])
})

it('makes data keys of its own key alone, and opens them again', async () => {
  const kms = new KMSClient(config())
  const KeyId = 'alias/fastapi-bootstrap-sandbox'
  const {Plaintext, CiphertextBlob} = await kms.send(new GenerateDataKeyCommand({KeyId, KeySpec: 'AES_256'}))
  expect(Plaintext).toHaveLength(32)
  expect((await kms.send(new DecryptCommand({CiphertextBlob}))).Plaintext).toEqual(Plaintext)
  await expect(kms.send(new GenerateDataKeyCommand({KeyId: 'alias/other', KeySpec: 'AES_256'}))).rejects.toMatchObject({
    name: 'NotFoundException',
  })
  await expect(kms.send(new DecryptCommand({CiphertextBlob: Buffer.from('x')}))).rejects.toMatchObject({
    name: 'InvalidCiphertextException',
  })
})
