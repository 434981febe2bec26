import {Flags} from '@oclif/core'

import {FbCommand} from '../command.js'
import {parseReference} from '../deploy/image.js'
import {placeOf} from '../deploy/plan.js'
import {readFacts} from '../deploy/preflight/facts.js'
import {CHECK_IDS, preflight} from '../deploy/preflight/preflight.js'
import {preflightText, type Verified, verified} from '../deploy/preflight/preflight-text.js'
import {preflightReads} from '../deploying.js'
import {siteFlags, skipCheckFlag} from '../flags.js'
import {readTemplates} from '../repository/templates.js'

export default class Verify extends FbCommand {
  static override description =
    'Check everything a deployment rests on: group, listener, image, secrets, alarms and so on. Changes nothing.'
  static override examples = [
    'fb verify --env prod',
    'fb verify --env prod --tag 1.1.0',
    'fb verify --env prod --skip-check alarms --json | jq \'.checks[] | select(.result != "ok")\'',
  ]
  static override flags = {
    ...siteFlags,
    tag: Flags.string({char: 't', description: 'image to check (default: the one that runs)', env: 'FB_TAG'}),
    image: Flags.string({description: 'image in ECR, by tag or digest', helpValue: 'REF', exclusive: ['tag']}),
    'skip-check': skipCheckFlag(CHECK_IDS),
  }

  async run(): Promise<Verified> {
    const {flags} = await this.parse(Verify)
    const site = await this.open(flags)
    const {environment, service, names, clock} = site
    const {account, arn: caller} = await this.recognise(site)
    const {name: env, region} = environment
    const api = await preflightReads(site)
    const scene = {env, account, region, service, caller, names}
    const repository = {account, region, name: names.repository}
    const image = flags.image ? parseReference(flags.image) : flags.tag ? {repository, tag: flags.tag} : undefined
    const templates = readTemplates(this.directory, names, {account, region, names})
    const place = {scene, account: environment.account, now: clock.now()}
    const facts = readFacts(api, place, {...templates, image})
    const checks = await this.voice.waiting(preflight(api, facts, flags['skip-check']))
    return this.conclude(verified(placeOf(scene), checks), preflightText)
  }
}
