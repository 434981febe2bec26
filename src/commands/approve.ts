import {Args} from '@oclif/core'

import {FbCommand} from '../command.js'
import {attachedText, findDeployment} from '../deploy/attach.js'
import {refuseFailed, test} from '../deploy/gate.js'
import {gateText} from '../deploy/gate-text.js'
import {approve, findGate, type Proceeded, proceededText} from '../deploy/proceed.js'
import {siteFlags, testFlags} from '../flags.js'
import {smokesOf} from '../smoke/smoke.js'

export default class Approve extends FbCommand {
  static override description =
    'Let the production traffic of a deployment move that waits for approval, after the smoke tests when there are some.'
  static override examples = [
    'fb approve --env prod',
    'fb approve --env prod --smoke /health --smoke "npm run e2e" --yes',
    'fb approve d-ABC123XYZ --env prod && fb watch --env prod',
  ]
  static override args = {
    id: Args.string({ignoreStdin: true, description: 'deployment, such as d-ABC123XYZ (default: the one in flight)'}),
  }
  static override flags = {...siteFlags, ...testFlags}

  async run(): Promise<Proceeded> {
    const {args, flags} = await this.parse(Approve)
    if (!flags.yes) this.ask.needTerminal('--yes')
    const site = await this.open(flags)
    const scene = await this.scene(site)
    const api = await this.aws(site, 'ecs', 'codedeploy', 'elb')
    const gate = await findGate(api, await findDeployment(api, scene, args.id))
    const {deploymentId, group, release} = gate.found.underway
    const testUrl = flags['test-url'] ?? (await this.testUrlOf(site, group))
    this.voice.tell((canvas) => [attachedText(gate.found, canvas)])
    const tests = await this.voice.show(test(smokesOf(flags, this.parent), testUrl, this.signal), site.clock)
    const shown = {deploymentId, until: gate.until, testUrl, tests}
    refuseFailed(shown)
    this.voice.tell((canvas) => gateText(shown, canvas))
    await this.ask.confirm(site, flags.yes, `Let production traffic of ${scene.env} move to v${release.number}?`)
    return this.conclude(await approve(api, gate), proceededText)
  }
}
