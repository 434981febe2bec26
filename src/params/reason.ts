/** The store keeps 1,024 characters of description with every version. */
const LONGEST = 1024

const REASON = /\s*\[fb: ([^\]]*)\]$/

/** A description with why this version was made; the reason of the version before goes away. */
export function describe(description: string, reason: string | undefined): string {
  const own = description.replace(REASON, '')
  if (!reason) return own
  const end = `[fb: ${reason.replace(/[[\]\n]/g, ' ').slice(0, 300)}]`
  return [own.slice(0, LONGEST - end.length - 1), end].filter(Boolean).join(' ')
}

/** What a version is for and why it was made. */
export function readDescription(text: string): {description: string; reason?: string} {
  const reason = REASON.exec(text)?.[1]
  return {description: text.replace(REASON, ''), ...(reason !== undefined && {reason})}
}
