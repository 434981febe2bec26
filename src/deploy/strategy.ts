/** How production traffic moves. Linear and canary move `percent` first; linear repeats it every `everyMinutes`. */
export type Strategy = {name: string; kind: 'all-at-once' | 'canary' | 'linear'; percent: number; everyMinutes: number}

const SHORT: Record<string, string> = {
  'all-at-once': 'CodeDeployDefault.ECSAllAtOnce',
  canary: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
  linear: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes',
}

/** The deployment configuration behind a short name; any other name is one itself. */
export const configurationName = (strategy: string): string =>
  Object.hasOwn(SHORT, strategy) ? SHORT[strategy]! : strategy

/** When, counted from the first shift, how much of the traffic is on green. */
export function shiftSteps({kind, percent, everyMinutes}: Strategy): {minute: number; percent: number}[] {
  if (kind === 'all-at-once') return [{minute: 0, percent: 100}]
  if (kind === 'canary') {
    return [
      {minute: 0, percent},
      {minute: everyMinutes, percent: 100},
    ]
  }
  const count = Math.ceil(100 / percent)
  return Array.from({length: count}, (_, i) => ({minute: i * everyMinutes, percent: Math.min(100, (i + 1) * percent)}))
}

export const shiftMinutes = (strategy: Strategy): number => shiftSteps(strategy).at(-1)!.minute

export function sayStrategy(strategy: Strategy): string {
  if (strategy.kind === 'all-at-once') return 'all traffic at once'
  if (strategy.kind === 'canary') return `${strategy.percent} % for ${strategy.everyMinutes} min, then 100 %`
  return `${strategy.percent} % more every ${strategy.everyMinutes} min`
}
