// Part of npm run bench: the Terraform state in S3, where moto (pip install 'moto[server]') and Terraform are on the machine.
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {CreateTableCommand, DynamoDBClient} from '@aws-sdk/client-dynamodb'
import {CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client} from '@aws-sdk/client-s3'

import {largeState} from './large-state.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const region = 'us-east-1'
const credentials = {accessKeyId: 'bench', secretAccessKey: 'bench'}
const Bucket = 'bench-terraform-state'
const TableName = 'terraform-locks'
const key = 'bench/dev/terraform.tfstate'

/** Compares listing a state with Terraform, and measures what 100 MB cost. Returns a place whose AWS is far away. */
export async function benchState({home, fb, starts, run, interleaved, peak, line}) {
  const terraform = (...args) => ({name: `terraform ${args.join(' ')}`, command: ['terraform', ...args]})
  if (!starts(terraform('version')) || !starts({command: ['moto_server', '--help']})) return
  const endpoint = await startMoto()
  const s3 = await makeBackend(endpoint)
  const put = (Key, bytes) => s3.send(new PutObjectCommand({Bucket, Key, Body: bytes}))
  const place = project(home, endpoint)
  const here = (subject) => ({...subject, ...place})

  await put(key, largeState(400_000, 7))
  run(here(terraform('init')))
  // moto answers in a millisecond or two, AWS never does.
  const far = {...place, env: {...place.env, AWS_ENDPOINT_URL: await startLatency(endpoint)}}
  const lists = [fb(['state', 'list', '--env', 'dev']), terraform('state', 'list')]
  line('')
  line('the state in S3 (moto), median', 'ms', 'ratio', 'goal')
  for (const [where, to] of [
    [`${LATENCY} ms away`, far],
    ['on this machine', place],
  ]) {
    const subjects = lists.map((subject) => ({...subject, ...to}))
    const medians = interleaved(subjects.filter(starts))
    const [ours, theirs] = subjects.map((subject) => medians.get(subject))
    line(`${subjects[0].name}, ${where}`, ours.toFixed(0), `${(ours / theirs).toFixed(1)}x`, '1.2x')
    line(`${subjects[1].name}, ${where}`, theirs.toFixed(0), '1.0x')
  }

  line('')
  line('a state of 100 MB', 's', 'MiB', 'goals')
  const copy = `s3://${Bucket}/copies/dev.tfstate`
  const confirm = ['--confirm', 'bench-dev']
  const large = [
    ['fb state backup', 7, fb(['state', 'backup', '--env', 'dev', '--to', copy])],
    ['fb state restore', 8, fb(['state', 'restore', copy, '--env', 'dev', ...confirm])],
  ]
  for (const [name, serial, subject] of large) {
    await put(key, largeState(100e6, serial))
    const start = performance.now()
    const {code, mib} = peak(here(subject))
    const seconds = (performance.now() - start) / 1000
    line(name, code === 0 ? seconds.toFixed(1) : 'FAILED', mib.toFixed(0), '10 / 400')
  }
  s3.destroy()
  return far
}

async function startMoto() {
  const port = await freePort()
  const moto = spawn('moto_server', ['-p', String(port)], {stdio: 'ignore'})
  process.once('exit', () => moto.kill())
  moto.unref()
  const endpoint = `http://127.0.0.1:${port}`
  while (!(await fetch(`${endpoint}/moto-api/`).catch(() => undefined))?.ok) await wait(100)
  return endpoint
}

/** Each request and its answer take this long together, as from a desk to a region of the same continent. */
const LATENCY = 30

async function startLatency(endpoint) {
  const script = fileURLToPath(new URL('latency.js', import.meta.url))
  const {port} = new URL(endpoint)
  const child = spawn(process.execPath, [script, port, String(LATENCY)], {stdio: ['ignore', 'pipe', 'ignore']})
  process.once('exit', () => child.kill())
  const [own] = await once(child.stdout, 'data')
  child.stdout.destroy()
  child.unref()
  return `http://127.0.0.1:${String(own).trim()}`
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const {port} = server.address()
      server.close(() => resolve(port))
    })
  })

async function makeBackend(endpoint) {
  const client = {endpoint, region, credentials}
  const s3 = new S3Client({...client, forcePathStyle: true})
  await s3.send(new CreateBucketCommand({Bucket}))
  await s3.send(new PutBucketVersioningCommand({Bucket, VersioningConfiguration: {Status: 'Enabled'}}))
  const table = {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{AttributeName: 'LockID', KeyType: 'HASH'}],
    AttributeDefinitions: [{AttributeName: 'LockID', AttributeType: 'S'}],
  }
  await new DynamoDBClient(client).send(new CreateTableCommand(table))
  return s3
}

/** A directory in which fb and Terraform know the same state. */
function project(home, endpoint) {
  const cwd = join(home, 'project')
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'fb.yml'), 'app: bench\nenvironments: {dev: {}}\n')
  writeFileSync(
    join(cwd, 'main.tf'),
    `terraform {
  backend "s3" {
    bucket         = "${Bucket}"
    key            = "${key}"
    region         = "${region}"
    dynamodb_table = "${TableName}"
    use_path_style = true
  }
}
`,
  )
  const {accessKeyId, secretAccessKey} = credentials
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    CHECKPOINT_DISABLE: '1',
  }
  return {cwd, env}
}
