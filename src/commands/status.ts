import {Flags} from '@oclif/core'

import {type Clock, systemClock} from '../clock.js'
import {FbCommand} from '../command.js'
import {exitCodeOfHealth} from '../deploy/health.js'
import {readStatus, type Status as StatusDocument} from '../deploy/status.js'
import {statusText} from '../deploy/status-text.js'
import type {Canvas} from '../events.js'
import {siteFlags} from '../flags.js'

/** In the sandbox a picture is renewed once a second of our own time: looking on must not move a clock that stands still. */
const forEyes = ({now}: Clock): Clock => ({now, sleep: (_, signal) => systemClock.sleep(1000, signal)})

export default class Status extends FbCommand {
  static override description =
    'Show the service on one screen: who serves, a deployment under way, tasks, targets, alarms, releases.'
  static override examples = [
    'fb status --env prod',
    'fb status --env prod --watch',
    'fb status --env prod --exit-status > /dev/null; [ $? -eq 1 ] && page-someone',
    'fb status --env prod --json | jq .health',
  ]
  static override flags = {
    ...siteFlags,
    watch: Flags.boolean({char: 'w', description: 'keep showing it; with --json one document per change'}),
    'exit-status': Flags.boolean({
      description: 'exit 5 while a deployment moves traffic, 1 when degraded or down',
      exclusive: ['watch'],
    }),
  }

  async run(): Promise<StatusDocument> {
    const {flags} = await this.parse(Status)
    const site = await this.open(flags)
    const {environment, service, names, clock} = site
    const api = await this.aws(site, 'ecs', 'codedeploy', 'elb', 'cloudwatch', 'autoscaling')
    const place = {env: environment.name, region: environment.region, service, container: names.container}
    const read = () => readStatus(api, place)
    const draw = (status: StatusDocument, canvas: Canvas) => statusText(status, clock.now(), canvas)
    if (flags.watch) return this.voice.keepShowing(read, draw, site.sandbox ? forEyes(clock) : clock, this.signal)
    const status = await this.voice.waiting(read())
    this.voice.print((canvas) => draw(status, canvas))
    if (flags['exit-status']) this.exitAs(exitCodeOfHealth(status.health))
    return status
  }
}
