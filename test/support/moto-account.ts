import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'

import {openSandbox} from '../../src/sandbox/sandbox.js'
import {serve} from '../../src/sandbox/serve.js'
import type {Exchange, Rule} from './fault-proxy.js'
import {network} from './moto-network.js'
import {startMoto} from './third-parties.js'

/** The account that moto plays unless it is told another one. */
export const ACCOUNT = '123456789012'

/** The policies of AWS's own, the ARNs of today, and a certificate that is valid at once. */
const AS_AWS = {MOTO_IAM_LOAD_MANAGED_POLICIES: 'true', MOTO_ECS_NEW_ARN: '1', MOTO_ACM_VALIDATION_WAIT: '1'}

/** An AWS for Terraform, with a directory: moto, and the sandbox for CodeDeploy, whose dates moto writes as nobody reads them. */
export async function motoAccount() {
  const directory = mkdtempSync(join(tmpdir(), 'fb-test-'))
  const moto = await startMoto(AS_AWS)
  const codedeploy = await serve(openSandbox({file: join(directory, 'sandbox.json'), account: ACCOUNT}), 0)
  const closing: (() => Promise<void>)[] = [codedeploy.close]
  await answering(moto.url)
  return {
    directory,
    codedeploy: codedeploy.url,
    /** Where everything else is, with an answer to what moto has none for. */
    async with(answers: Answers): Promise<string> {
      const rules = Object.entries(answers).map(([operation, answer]): Rule => {
        const kind = ({response}: Exchange) => response.writeHead(200, JSON_1_1).end(JSON.stringify(answer))
        return {operation, times: Number.POSITIVE_INFINITY, kind}
      })
      return (await network({url: moto.url}, rules, (close) => closing.push(close))).url
    },
    async makeZone(name: string): Promise<void> {
      const body = `<CreateHostedZoneRequest><Name>${name}</Name><CallerReference>test</CallerReference></CreateHostedZoneRequest>`
      const answer = await fetch(`${moto.url}/2013-04-01/hostedzone`, {method: 'POST', headers: SIGNED, body})
      if (!answer.ok) throw new Error(await answer.text())
    },
    async close() {
      moto.end()
      for (const close of closing) await close()
      rmSync(directory, {recursive: true, force: true})
    },
  }
}

/** By operation: `budgets:DescribeSubscribersForNotification`. */
type Answers = Record<string, object>

const JSON_1_1 = {'content-type': 'application/x-amz-json-1.1'}

/** moto takes the service from the signature, and looks at nothing else of it. */
const SIGNED = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=test',
}

async function answering(url: string, tries = 300): Promise<void> {
  for (let i = 0; i < tries; i++) {
    if ((await fetch(`${url}/moto-api/`).catch(() => undefined))?.ok) return
    await wait(200)
  }
  throw new Error(`moto does not answer at ${url}`)
}
