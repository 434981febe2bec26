import {once} from 'node:events'
import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'

/** Ctrl-C is how it ends, and to a script that is an interrupt like any other. */
const INTERRUPTED = 130

export default class SandboxServe extends FbCommand {
  static override description =
    'Serve the sandbox to other AWS clients on this machine, until Ctrl-C. Prints the environment they need.'
  static override examples = [
    'fb sandbox serve',
    'fb sandbox serve --port 4599',
    'aws ecs describe-services --cluster fastapi-bootstrap-sandbox --services fastapi-bootstrap-v1-sandbox',
  ]
  static override flags = {
    port: Flags.integer({description: 'port on 127.0.0.1 (default: a free one)', default: 0, min: 0, max: 65535}),
  }

  async run() {
    const {flags} = await this.parse(SandboxServe)
    const {serve} = await import('../../sandbox/serve.js')
    const sandbox = await this.sandbox()
    const {region} = sandbox
    const {url, close} = await serve(sandbox, flags.port)
    const environment = {
      AWS_ENDPOINT_URL: url,
      AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
      AWS_ACCESS_KEY_ID: 'sandbox',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
      // Version 1 of the AWS CLI knows only the second.
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    }
    this.voice.print(() => Object.entries(environment).map(([name, value]) => `export ${name}=${value}`))
    if (this.voice.json) this.voice.document({url, environment})
    this.voice.tell('Serving until Ctrl-C. fb itself takes it with FB_SANDBOX_ENDPOINT.')
    await once(this.signal, 'abort')
    await close()
    this.exitAs(INTERRUPTED)
  }
}
