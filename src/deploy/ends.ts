import type {Deployment} from './service.js'

const ENDS: Record<string, string> = {
  ALARM_ACTIVE: 'an alarm fired',
  HOOK_EXECUTION_FAILURE: 'a hook failed',
  MANUAL_STOP: 'somebody stopped it',
  TIMEOUT: 'timed out',
}

/** Why CodeDeploy ended it, in a few words. */
export const sayEnd = ({error, status}: Deployment): string =>
  error ? (ENDS[error.code] ?? error.code) : status.toLowerCase()
