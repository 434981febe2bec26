const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** `0 B`, `31.5 MB`, `9.4 GB`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const amount = bytes / 1000 ** power
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[power]}`
}

/** `1,204`, whatever the language of the machine. */
export const countText = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

export const amountText = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`
