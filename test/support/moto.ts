import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {CreateTableCommand, DynamoDBClient} from '@aws-sdk/client-dynamodb'
import {CreateBucketCommand, PutBucketVersioningCommand, S3Client} from '@aws-sdk/client-s3'
import {inject, onTestFinished} from 'vitest'

import {type Ended, emptyHome, start} from './fb.js'
import {noTerraform} from './terraform.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const url = inject('moto')

/** For `it.skipIf`: the test's name says what it needs. */
export const noMoto = url === undefined
export const noTerraformOnMoto = noMoto || noTerraform

const region = 'us-east-1'
const credentials = {accessKeyId: 'test', secretAccessKey: 'test'}

type Finishing = (work: () => void) => void

type Options = {lockTable?: string; lockfile?: boolean; table?: boolean; onFinished?: Finishing}

export type MotoHome = Awaited<ReturnType<typeof motoHome>>

/** A home for one test on moto. The app's name is its own, and so are bucket and lock table; they do not exist yet. */
export async function motoHome(options: Options = {}) {
  await answering()
  const app = `a${crypto.randomUUID().slice(0, 13)}`
  const {lockTable = `${app}-locks`, lockfile = false, table = true, onFinished = onTestFinished as Finishing} = options
  const names = {app, bucket: `${app}-terraform-state`, lockTable, lockfile, table}
  const given = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    CHECKPOINT_DISABLE: '1',
  }
  const home = emptyHome(given, onFinished)
  const config = join(home.directory, 'terraform.rc')
  writeFileSync(config, '')
  writeFileSync(join(home.directory, 'fb.yml'), fbYml(names))
  const env = {...home.env, TF_CLI_CONFIG_FILE: config}
  const client = {endpoint: url, region, credentials, maxAttempts: 3}
  const s3 = new S3Client({...client, forcePathStyle: true})
  const dynamodb = new DynamoDBClient(client)
  return {
    ...home,
    ...names,
    env,
    url,
    s3,
    dynamodb,
    /** Bucket and lock table as Terraform needs them, and no more. */
    async makeBackend() {
      await s3.send(new CreateBucketCommand({Bucket: names.bucket}))
      const on = {Status: 'Enabled'} as const
      await s3.send(new PutBucketVersioningCommand({Bucket: names.bucket, VersioningConfiguration: on}))
      await dynamodb.send(new CreateTableCommand(lockTableOf(names.lockTable)))
    },
    /** A Terraform configuration whose state is where fb.yml says, and Terraform run on it. Needs `init` first. */
    project({env: name = 'dev', main = TWO_RESOURCES} = {}) {
      const directory = join(home.directory, `terraform-${name}`)
      mkdirSync(directory)
      writeFileSync(join(directory, 'backend.tf'), backend({...names, key: `${app}/${name}/terraform.tfstate`}))
      writeFileSync(join(directory, 'main.tf'), main)
      const launch = (args: string[], more: NodeJS.ProcessEnv = {}) =>
        start('terraform', args, {cwd: directory, env: {...env, ...more}})
      return {directory, launch, terraform: (args: string[]): Promise<Ended> => launch(args).ended}
    },
  }
}

type Names = {app: string; bucket: string; lockTable: string; lockfile: boolean; table: boolean}

const fbYml = ({app, lockTable, lockfile, table}: Names) => `app: ${app}
region: ${region}
environments:
  dev: {}
  prod: {protected: true}
state: {lockTable: ${lockTable}${lockfile ? `, lockfile: ${table || 'only'}` : ''}}
`

/** Resources that are part of Terraform itself: no provider, no download. */
const TWO_RESOURCES = `resource "terraform_data" "first" {
  input = "one"
}
resource "terraform_data" "second" {
  input = terraform_data.first.id
}
output "first" {
  value = terraform_data.first.output
}
`

const backend = ({bucket, key, lockTable, lockfile, table}: Names & {key: string}) => `terraform {
  backend "s3" {
    bucket         = "${bucket}"
    key            = "${key}"
    region         = "${region}"
    use_lockfile   = ${lockfile}
    use_path_style = true${table ? `\n    dynamodb_table = "${lockTable}"` : ''}
  }
}
`

const lockTableOf = (TableName: string) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST' as const,
  KeySchema: [{AttributeName: 'LockID', KeyType: 'HASH' as const}],
  AttributeDefinitions: [{AttributeName: 'LockID', AttributeType: 'S' as const}],
})

/** moto takes seconds to start, side by side with the first tests. */
async function answering(tries = 150): Promise<void> {
  for (let i = 0; i < tries; i++) {
    if ((await fetch(`${url}/moto-api/`).catch(() => undefined))?.ok) return
    await wait(200)
  }
  throw new Error(`moto does not answer at ${url}`)
}
