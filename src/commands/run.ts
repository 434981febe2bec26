import {Args, Flags} from '@oclif/core'

import {FbCommand} from '../command.js'
import {oneOffOf, refusal, runOneOff, startedByName} from '../deploy/one-off.js'
import {primaryOf} from '../deploy/refusals.js'
import {actorOf, releaseOf} from '../deploy/release.js'
import {type Ran, ranOf, ranText, runText, startedOf, startedText} from '../deploy/run.js'
import {howToStop} from '../deploying.js'
import {durationFlag, siteFlags} from '../flags.js'

export default class Run extends FbCommand {
  static override description =
    'Run a command once in a task of its own: the image, network and roles of what runs. Its exit code is that of fb; 125 when the container has none.'
  static override examples = [
    'fb run --env prod -- alembic current',
    'fb run --env prod --detach -- python -m app.reindex --all',
    "fb run --env prod --timeout 10m --json -- sh -c 'env | sort' | jq -r '.log[]'",
  ]
  static override strict = false
  static override args = {
    command: Args.string({
      ignoreStdin: true,
      required: true,
      description: 'what to run, after -- as it would be typed there',
    }),
  }
  static override flags = {
    ...siteFlags,
    detach: Flags.boolean({char: 'd', description: 'start it and leave it running'}),
    timeout: durationFlag({
      description: 'how long to wait, such as 10m; the task goes on after that',
      env: 'FB_TIMEOUT',
    }),
  }

  async run(): Promise<Ran> {
    const {argv, flags} = await this.parse(Run)
    const command = argv as string[]
    const site = await this.open(flags)
    const {environment, names, service, clock} = site
    if (environment.protected && !flags.yes) this.ask.needTerminal('--yes')
    const {account, arn: caller} = await this.identify(site)
    const api = await this.aws(site, 'ecs', 'oneOff')
    const scene = {env: environment.name, account, region: environment.region, service, caller, names}
    const primary = primaryOf(await api.service())
    const live = await api.taskDefinition(primary.taskDefinition)
    const what = {scene, release: releaseOf(live, primary.container), command}
    this.voice.tell((canvas) => runText(what, canvas))
    if (environment.protected) await this.ask.confirm(site, flags.yes, `Run it in ${environment.name}?`)

    const startedBy = startedByName('fb-run', actorOf(caller))
    const wanted = oneOffOf(live, primary, {command, startedBy, container: primary.container})
    const stopping = howToStop(site)
    if (flags.detach) {
      const started = await api.startTask(wanted)
      if ('id' in started) return this.conclude(startedOf(what, started.id, stopping(started.id)), startedText)
      return this.tellEnd(ranOf(what, refusal(started)))
    }
    const deadline = flags.timeout ? new Date(clock.now().getTime() + flags.timeout) : undefined
    const run = runOneOff(api, wanted, 'run', {deadline, howToStop: stopping})
    const ended = await this.voice.relay(run, (event) => {
      if (event.type === 'stands') this.stands(event.state, event.next)
    })
    return this.tellEnd(ranOf(what, ended))
  }

  /** Beside the lines that the command itself has written, which are the result. */
  private tellEnd(ran: Ran): Ran {
    this.voice.tell((canvas) => ranText(ran, canvas))
    this.exitAs(ran.exitCode)
    return ran
  }
}
