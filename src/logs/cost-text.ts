import {duration} from '../durations.js'
import {UsageError} from '../errors.js'
import {amountText, bytesText} from './amounts.js'
import type {Price} from './price.js'
import type {Prepared} from './search-plan.js'

/** Said before each query after the first, because only that one's cost was told. */
export const againText = (rows: number, bytes: number, price: Price): string =>
  `Logs Insights has sent ${amountText(rows, 'line')} and sends no more at once: the next query ${scanText(bytes, price)} more.`

/** What a query that has so much to look at is going to cost. */
export const scanText = (bytes: number, price: Price): string =>
  `scans about ${bytesText(bytes)} for ${price.text(price.usd(bytes))}`

/** Asked before a query that costs more than may be spent without a question. */
export const costQuestion = (prepared: Prepared): string => `${costText(prepared)} Start the query?`

/** The same where nobody can be asked. */
export const tooDear = (prepared: Prepared, most: number, usd?: number): UsageError =>
  new UsageError(costText(prepared), {
    code: 'cost',
    because: [
      usd === undefined
        ? 'Nobody is there to be asked.'
        : `That is more than --max-cost ${most}, and nobody is there to be asked.`,
    ],
    state: 'No query was started.',
    next: [...(usd === undefined ? [] : [dearer(usd)]), '--yes'],
  })

const costText = ({volume: {bytes}, price}: Prepared): string =>
  bytes === undefined
    ? 'fb could not read how much was logged (cloudwatch:GetMetricData), so it cannot tell what the query costs.'
    : `The query ${scanText(bytes, price)}.`

/** What was paid for what; nothing where nothing is paid for. */
export const paidText = (price: Price, scanned?: number): string[] =>
  scanned === undefined
    ? []
    : [`${bytesText(scanned)} scanned${scanned > 0 ? ` for ${price.text(price.usd(scanned))}` : ''}`]

/** The flag that allows so much. */
export const dearer = (usd: number) => `--max-cost ${Math.ceil(usd)}`

/** A second is not worth telling. */
export const took = (ms: number) => (ms < 1000 ? '' : ` in ${duration(ms)}`)
