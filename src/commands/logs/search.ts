import {Flags} from '@oclif/core'

import {systemClock} from '../../clock.js'
import {wrapped} from '../../columns.js'
import {FbCommand} from '../../command.js'
import {nameArg, nameFlag, siteFlags} from '../../flags.js'
import {costFlag, filterFlags, showFlags, sourceFlags} from '../../log-flags.js'
import {prepareSearch} from '../../log-search.js'
import {tallyDocument, tallyText} from '../../logs/bars.js'
import {costQuestion, tooDear} from '../../logs/cost-text.js'
import {rowsFooterText, rowsText} from '../../logs/rows-text.js'
import {type Course, endRecord} from '../../logs/search-end.js'
import {type Wanted, wantedOf} from '../../logs/search-plan.js'
import {countedText, footerText, headerText, nothingFound} from '../../logs/search-text.js'
import {count, lines, rowsOf, type Work} from '../../logs/searching.js'
import {type ShowAsked, shownAs} from '../../logs/shown-as.js'
import {KEYS, Tally} from '../../logs/tally.js'

export default class LogsSearch extends FbCommand {
  static override description = `Search the log of services: lines with a text, or how many there are.

The range is read in slices side by side, which costs nothing, and takes up to 80 % of the FilterLogEvents calls that the account has in this Region. Where that would take minutes, Logs Insights does it instead; fb says what it costs before it starts, and asks when that is more than --max-cost. What one query cannot return takes further ones, which scan again: each is told, and none begins that would make all of them cost more than that.

Exit code 3: nothing was found.`
  static override examples = [
    "fb logs search 'timeout' --env prod --since 3h",
    'fb logs search --env prod --level error --since 24h --by minute',
    "fb logs search --env prod --where 'status>=500' --by path",
    'fb logs search --env prod --trace 4f6c0d19',
    "fb logs search 'payment declined' --env prod --since 30d --count --engine insights",
    "fb logs search --env prod --raw-query 'stats avg(duration_ms), pct(duration_ms, 95) by path'",
  ]
  static override yielding = {until: ['since'], engine: ['raw-query', 'last', 'by']}
  static override args = {query: nameArg({description: 'text that a line must have, exactly so'})}
  static override flags = {
    ...siteFlags,
    since: nameFlag({
      description: 'from then: 1h ago, 14:05, "yesterday 14:05", 2026-11-22T14:05Z',
      default: '1h',
      helpValue: 'TIME',
      env: 'FB_SINCE',
    }),
    until: nameFlag({description: 'up to then (default: now)', helpValue: 'TIME', env: 'FB_UNTIL'}),
    trace: nameFlag({description: 'all lines of a request, by its id, trace or correlation', helpValue: 'ID'}),
    count: Flags.boolean({description: 'only how many lines there are; a traceback is one'}),
    by: Flags.string({
      description: 'how many there are of each, as a chart',
      options: [...KEYS],
      helpValue: '<option>',
    }),
    limit: Flags.integer({
      description: 'lines at most (default: 1000 on a terminal, and with --last)',
      min: 1,
      helpValue: 'N',
      exclusive: ['count', 'by'],
    }),
    last: Flags.boolean({description: 'the newest lines instead of the first ones', exclusive: ['count', 'by']}),
    ...sourceFlags,
    include: filterFlags.include,
    exclude: filterFlags.exclude,
    level: {...filterFlags.level, description: 'this level and above; lines that say none are left out'},
    where: filterFlags.where,
    output: {...showFlags.output, exclusive: ['count', 'by']},
    expand: {...showFlags.expand, exclusive: ['count', 'by']},
    tz: showFlags.tz,
    engine: Flags.string({
      description: 'who searches: fb itself, or Logs Insights, which costs something',
      options: ['auto', 'filter', 'insights'],
      default: 'auto',
      env: 'FB_ENGINE',
    }),
    'raw-query': nameFlag({
      description: 'a query in the language of Logs Insights',
      helpValue: 'QUERY',
      exclusive: [...'by count exclude expand include last level limit output trace where'.split(' ')],
    }),
    'max-cost': costFlag,
  }

  /** With --json each line is a document; a count, or the rows of a query, are one. */
  async run(): Promise<object | undefined> {
    const {args, flags} = await this.parse(LogsSearch)
    const sites = await this.openServices(flags, [])
    const {onScreen} = this.voice
    const wantedAt = (now: number) => wantedOf(args.query, flags, {now, onScreen})
    const progress = await this.voice.passing()
    const say = (text: string) => {
      progress.clear()
      this.voice.tell(({paint, safe, width}) => wrapped(`${paint.dim('·')} ${safe(text)}`, width, 2))
    }
    const hearer = {say, onScreen, stands: this.stands}
    const prepared = await this.voice.waiting(prepareSearch(sites, wantedAt, flags, hearer))
    const {wanted, usd} = prepared
    const most = flags['max-cost']
    this.voice.tell((canvas) => headerText(prepared, wanted, canvas))
    if (usd === undefined || usd > most)
      await this.ask.agree(flags.yes, costQuestion(prepared), tooDear(prepared, most, usd))
    const work = {...prepared, progress, allowed: flags.yes ? Infinity : Math.max(usd ?? 0, most)}
    if (wanted.rawQuery) return this.rows(work, wanted.rawQuery)
    return wanted.counts ? this.counts(work, wanted) : this.lines(work, wanted, flags)
  }

  private async lines(work: Work, wanted: Wanted, flags: ShowAsked): Promise<undefined> {
    const {onScreen, json} = this.voice
    const courseOf = this.course(work)
    const show = shownAs({...flags, grep: wanted.text}, work.search.sources, {onScreen, json}, wanted)
    const {error, ...summary} = await this.voice.pour(lines(work, wanted), show.format, show)
    const course = courseOf(error)
    if (json) this.voice.tell(endRecord(summary, course, work.engine))
    else if (summary.shown > 0 || summary.scanned || course.reason === 'interrupted')
      this.voice.tell((canvas) => [footerText(summary, course, canvas)])
    if (error) throw error
    if (summary.shown === 0) throw nothingFound(work, summary, wanted)
  }

  private async counts(work: Work, {by, zone}: Wanted): Promise<object | undefined> {
    const {onScreen, json} = this.voice
    const courseOf = this.course(work)
    const tally = new Tally(by)
    const {scanned, error} = await count(work, tally)
    const course = courseOf(error)
    // What was counted until Ctrl-C is worth seeing.
    if (!error || tally.total > 0) {
      const counting = {...work.search, zone, whole: !error, bare: !onScreen}
      this.voice.print((canvas) => tallyText(tally, counting, canvas))
    }
    if (scanned && !(error && json)) this.voice.tell((canvas) => [countedText(scanned, course, canvas)])
    if (error && json) this.voice.tell(endRecord(tallyDocument(tally, work, scanned), course, work.engine))
    if (error) throw error
    if (tally.total === 0) this.exitAs(3)
    return json ? tallyDocument(tally, work, scanned) : undefined
  }

  private async rows(work: Work, text: string): Promise<object> {
    const courseOf = this.course(work)
    const answered = await rowsOf(work, text)
    const {rows, scanned, error} = answered
    if (error && this.voice.json) this.voice.tell(endRecord({rows: rows.length, scanned}, courseOf(error), work.engine))
    else {
      if (rows.length > 0) this.voice.print((canvas) => rowsText(rows, canvas))
      if (rows.length > 0 || scanned)
        this.voice.tell((canvas) => [rowsFooterText(answered, text, courseOf(error), canvas)])
    }
    if (error) throw error
    if (rows.length === 0) this.exitAs(3)
    return rows
  }

  /** From now on; how it was, once it is over. */
  private course({price}: Work): (error: unknown) => Course {
    const started = systemClock.now().getTime()
    return (error) => ({
      ms: systemClock.now().getTime() - started,
      price,
      reason: !error ? 'end' : this.signal.aborted ? 'interrupted' : 'error',
    })
  }
}
