/** What Logs Insights looks at is paid for. */
export type Price = {
  usd(bytes: number): number
  /** `0.07 USD`, or `up to 0.13 USD` where fb knows only that no Region is dearer. */
  text(usd: number): string
}

/** USD a GB (CloudWatch prices, 2026): in the Regions of the first list, and the most that it is anywhere else. */
const CHEAPEST = ['us-east-1', 'us-east-2', 'us-west-2']
const LEAST = 0.005
const MOST = 0.009

export function priceIn(region: string): Price {
  const known = CHEAPEST.includes(region)
  return {
    usd: (bytes) => (bytes / 2 ** 30) * (known ? LEAST : MOST),
    text: (usd) => (usd < 0.01 ? 'less than 0.01 USD' : `${known ? '' : 'up to '}${usd.toFixed(2)} USD`),
  }
}
