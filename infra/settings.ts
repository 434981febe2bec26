import type {Infrastructure} from '../src/config/infrastructure.js'
import type {Environment, Service, StateSettings} from '../src/config/settings.js'

/** Everything one stack is made from. `account` is a literal, so that a policy is known before anything is applied. */
export type StackSettings = {
  app: string
  environment: Environment & Infrastructure
  account: string
  services: Record<string, Service>
  state: StateSettings
  awsProviderVersion: string
  /** Where the hook functions' zips are, absolute: the document may be used from any directory. */
  hooksDirectory: string
}
