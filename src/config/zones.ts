/** Three zones of a region by their letters: by far most regions give a new account a, b and c. */
export const zonesOf = (region: string): string[] => [...(UNLIKE_OTHERS[region] ?? 'abc')]

const UNLIKE_OTHERS: Record<string, string> = {'ap-northeast-1': 'acd', 'ca-central-1': 'abd'}

/** Regions that give a new account two zones, of whatever letters. */
export const TWO_ZONES = ['us-west-1']
