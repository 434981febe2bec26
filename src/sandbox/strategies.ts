export type Strategy =
  | {type: 'AllAtOnce'}
  | {type: 'TimeBasedCanary' | 'TimeBasedLinear'; percentage: number; interval: number}

/** The predefined ECS configurations (CodeDeploy user guide, "Predefined deployment configurations for Amazon ECS"). */
export const strategies: Record<string, Strategy> = {
  'CodeDeployDefault.ECSAllAtOnce': {type: 'AllAtOnce'},
  'CodeDeployDefault.ECSCanary10Percent5Minutes': {type: 'TimeBasedCanary', percentage: 10, interval: 5},
  'CodeDeployDefault.ECSCanary10Percent15Minutes': {type: 'TimeBasedCanary', percentage: 10, interval: 15},
  'CodeDeployDefault.ECSLinear10PercentEvery1Minutes': {type: 'TimeBasedLinear', percentage: 10, interval: 1},
  'CodeDeployDefault.ECSLinear10PercentEvery3Minutes': {type: 'TimeBasedLinear', percentage: 10, interval: 3},
}

/** When, counted in minutes from the first shift, green gets which share of the traffic. */
export function shiftSteps(strategy: Strategy): {minute: number; weight: number}[] {
  if (strategy.type === 'AllAtOnce') return [{minute: 0, weight: 100}]
  const {percentage, interval} = strategy
  if (strategy.type === 'TimeBasedCanary')
    return [
      {minute: 0, weight: percentage},
      {minute: interval, weight: 100},
    ]
  const count = Math.ceil(100 / percentage)
  return Array.from({length: count}, (_, i) => ({minute: i * interval, weight: Math.min(100, (i + 1) * percentage)}))
}
