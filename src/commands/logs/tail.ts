import {Flags} from '@oclif/core'

import {wrapped} from '../../columns.js'
import {FbCommand} from '../../command.js'
import {UsageError} from '../../errors.js'
import {allNamed, durationFlag, nameArg, nameFlag, siteFlags} from '../../flags.js'
import {prepareTail} from '../../log-access.js'
import {filterFlags, patternFlag, showFlags, sourceFlags} from '../../log-flags.js'
import {LAST_LOOK} from '../../logs/reading.js'
import {tail} from '../../logs/tail.js'
import {disappointment, footerText, headerText} from '../../logs/tail-text.js'
import type {Site} from '../../site.js'
import {ARGUMENTS} from '../../twins.js'

const GUARANTEE = [
  'Guarantee: every event that CloudWatch has within 2 minutes of its timestamp appears exactly once (--late widens it),',
  'whatever happens meanwhile: tasks out of step, events that come late or are dated ahead, throttling, a network or a laptop',
  'that was away, a login that is renewed. fb remembers at most 500,000 lines for it, and says so when they do not suffice.',
  "It reads at most 40 % of the Region's quota; throttling never ends it.",
].join(' ')

export default class LogsTail extends FbCommand {
  static override description = `Follow the log of services: every line exactly once.

${GUARANTEE}`
  static override examples = [
    'fb logs tail --env prod',
    'fb logs tail v1 --env prod --level warn --since 1h',
    "fb logs tail --env prod --where 'status>=500 and path~=/items' --no-follow",
    'fb logs tail --env prod --task 0f3c6f0b -n 100 --expand',
    'fb logs tail --env prod --previous',
    'fb logs tail v1 --env prod --live --level error',
    "fb logs tail --env prod --deploy --until-match 'startup complete' --fail-on Traceback --for 5m",
    'fb logs tail --env prod --follow --json | jq -c .fields',
    'fb logs tail --env prod --cursor /var/lib/fb/prod.cursor >> app.log',
  ]
  static override strict = false
  static override yielding = {
    service: [ARGUMENTS],
    group: [ARGUMENTS],
    until: ['since'],
    follow: ['for', 'until-match', 'fail-on', 'live'],
    order: ['live'],
  }
  static override args = {service: nameArg({description: 'API versions; without any, all that fb.yml has'})}
  static override flags = {
    ...siteFlags,
    follow: Flags.boolean({
      char: 'f',
      description: 'go on as lines come (default: on a terminal)',
      allowNo: true,
      env: 'FB_FOLLOW',
    }),
    since: nameFlag({
      description: 'from then: 10m (the default), 14:05, "yesterday 14:05", 2026-11-22T14:05Z',
      helpValue: 'TIME',
      env: 'FB_SINCE',
    }),
    until: nameFlag({description: 'up to then', helpValue: 'TIME', env: 'FB_UNTIL'}),
    lines: Flags.integer({
      char: 'n',
      description:
        'begin with the newest N lines that match, of 7d unless --since says so; what --cursor knows goes on where it ended',
      min: 0,
      max: 100_000,
      helpValue: 'N',
    }),
    deploy: Flags.boolean({description: 'since the newest deployment began', exclusive: ['since', 'group']}),
    previous: Flags.boolean({
      description: 'the tasks that stopped within the last hour',
      exclusive: ['task', 'group', 'deploy'],
    }),
    ...sourceFlags,
    ...filterFlags,
    ...showFlags,
    order: Flags.string({
      description: 'as lines arrive, or by their time with a delay of 8s',
      options: ['arrival', 'time'],
      default: 'arrival',
      env: 'FB_ORDER',
    }),
    late: durationFlag({
      description: 'how late a line may turn up and is still shown (default: 2m)',
      env: 'FB_LATE',
    }),
    for: durationFlag({description: 'end after that time'}),
    max: Flags.integer({
      description: 'end after that many lines; a traceback is one, as with -n',
      min: 1,
      helpValue: 'N',
    }),
    'until-match': patternFlag({description: 'end with the first line that matches; exit 3 if none does'}),
    'fail-on': patternFlag({description: 'end with exit 1 at the first line that matches'}),
    live: Flags.boolean({
      description: 'show lines sooner by Live Tail, which costs by the minute; polling still finds what it leaves out',
      exclusive: ['cursor'],
    }),
    cursor: nameFlag({
      description: 'go on where the last run with this file ended',
      helpValue: 'FILE',
      env: 'FB_CURSOR',
    }),
  }

  /** Returns nothing: with --json each line is a document, and there is no other. */
  async run(): Promise<void> {
    const {argv, flags} = await this.parse(LogsTail)
    if (flags.group && argv.length > 0) throw bothNamed()
    const sites = await this.openServices(flags, allNamed(argv, 'SERVICE'))
    const outlive = (site: Site) => this.outliving(site, LAST_LOOK)
    const {onScreen, json} = this.voice
    const attended = onScreen || this.attended()
    const cursor = flags.cursor ? await this.cursor(flags.cursor) : undefined
    const line = await this.voice.passing()
    const passing = onScreen ? line : undefined
    const say = (text: string) => {
      line.clear()
      this.voice.tell(({paint, safe, width}) =>
        wrapped(/^[+-] /.test(text) ? safe(text) : `${paint.dim('·')} ${safe(text)}`, width, 2),
      )
    }
    const hearer = {onScreen, attended, json, outlive, say, passing, cursor}
    const {plan, notes, means, tasks} = await this.voice.waiting(prepareTail(sites, flags, hearer))
    this.voice.tell((canvas) => wrapped(headerText(plan, tasks, canvas), canvas.width, 2))
    for (const note of notes) say(note)
    const {error, ...summary} = await this.voice.pour(tail(plan, means, this.signal), plan.format, plan)
    const ms = means.clock.now().getTime() - plan.startedAt
    const end = {type: 'end', ...summary, ...(flags.cursor && {cursor: flags.cursor})}
    this.voice.tell((canvas) => (json ? [JSON.stringify(end)] : footerText(summary, ms, canvas)))
    if (error) throw error
    this.exitAs(this.ending.code ?? 0)
    const disappointed = disappointment(summary, plan)
    if (disappointed) throw disappointed
  }

  private async cursor(name: string) {
    return (await import('../../local/cursor-file.js')).cursorFile(this.directory, name)
  }
}

const bothNamed = () =>
  new UsageError('A group is read whole, whichever services write to it.', {
    code: 'service_and_group',
    next: ['--group NAME alone', 'fb logs tail SERVICE'],
  })
