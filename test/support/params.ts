import {GetParameterCommand, LabelParameterVersionCommand, PutParameterCommand, SSMClient} from '@aws-sdk/client-ssm'

import {home} from './fb.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

export type Home = ReturnType<typeof home>
export type Finishing = {onTestFinished: (work: () => void) => void}

/** fb params in a sandbox of its own, and the store behind it. */
export function openParams({onTestFinished}: Finishing) {
  const here = home({onFinished: onTestFinished})
  const run = (verb: string, args: string[], input?: string) =>
    here.fb(['params', verb, ...args, '--env', 'sandbox'], {}, input)
  const json = async (verb: string, args: string[] = [], input?: string) => {
    const {code, stdout} = await run(verb, [...args, '--json'], input)
    return {code, ...JSON.parse(stdout)}
  }
  const value = async (key: string) => (await run('get', [key])).stdout
  return {...here, run, json, value, store: storeOf(here)}
}

function storeOf({sandbox}: Home) {
  const credentials = {accessKeyId: 'x', secretAccessKey: 'x'}
  const client = new SSMClient({region: 'us-east-1', credentials, requestHandler: sandbox.requestHandler as never})
  const name = (key: string) => `/fastapi-bootstrap/sandbox/${key}`
  return {
    put: (key: string, Value: string) =>
      client.send(new PutParameterCommand({Name: name(key), Value, Overwrite: true})),
    again: (key: string, Value: string) =>
      client.send(new PutParameterCommand({Name: name(key), Value, Overwrite: true})),
    get: async (key: string) =>
      (await client.send(new GetParameterCommand({Name: name(key), WithDecryption: true}))).Parameter?.Value,
    label: (key: string, ParameterVersion: number, label: string) =>
      client.send(new LabelParameterVersionCommand({Name: name(key), ParameterVersion, Labels: [label]})),
  }
}
