/** `812 B`, `48 KB`, `3.1 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} KB`
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** The last part of a caller's ARN: who a person knows. */
export const personOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

export const count = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? '' : 's'}`
