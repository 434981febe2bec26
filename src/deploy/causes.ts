import type {Facts} from './diagnose.js'
import {causeOfGreen} from './task-causes.js'

export type Cause = {code: string; summary: string; fix: string}

/** The most telling cause first: who ended it, then what stopped the tasks or kept them unhealthy, then what CodeDeploy says. */
export const causeOf = (facts: Facts): Cause =>
  fromAlarm(facts) ?? fromHook(facts) ?? fromAccount(facts) ?? causeOfGreen(facts) ?? fromCodeDeploy(facts)

function fromAlarm({deployment, alarms}: Facts): Cause | undefined {
  if (deployment.error?.code !== 'ALARM_ACTIVE') return undefined
  const named = [...deployment.error.message.matchAll(/<([^>]+)>/g)].map(([, name]) => name!)
  const name = named.join(', ') || 'an alarm'
  // One that is quiet again says nothing of what it was like.
  const {since} = alarms.find((alarm) => alarm.name === named[0] && alarm.state === 'ALARM') ?? {}
  const before = since !== undefined && since < deployment.createdAt
  return {
    code: 'alarm',
    summary: before ? `alarm ${name} was firing before it began` : `alarm ${name} fired and stopped the deployment`,
    fix: `look at what ${name} measures${before ? '' : ' in the new version'}`,
  }
}

/** The lifecycle events that CodeDeploy carries out itself; at all others the application's own Lambda function decides. */
const OWN = new Set(['Install', 'AllowTestTraffic', 'AllowTraffic'])

function fromHook({deployment: {error}, lifecycle}: Facts): Cause | undefined {
  const failed = lifecycle.find(({name, status}) => status === 'Failed' && !OWN.has(name))
  if (!failed || !error || !['HOOK_EXECUTION_FAILURE', 'TIMEOUT'].includes(error.code)) return undefined
  const silent = error.code === 'TIMEOUT'
  const why = failed.message ? `: ${failed.message}` : ''
  return {
    code: 'hook',
    summary: `the hook at ${failed.name} ${silent ? 'did not answer' : 'said no'}${why}`,
    fix: `see the log of the hook’s Lambda function${silent ? ': it must call PutLifecycleEventHookExecutionStatus, and its role may have to be allowed to' : ''}`,
  }
}

type Known = {summary: string; fix: string}

/** Failures that lie in the account, whatever the new version is like (CodeDeploy API, ErrorInformation). */
const ACCOUNT: Record<string, Known> = {
  ELASTIC_LOAD_BALANCING_INVALID: {
    summary: 'the listener does not send its traffic to the version that runs',
    fix: 'make its default action forward to the target group of the PRIMARY task set; mostly Terraform has changed it',
  },
  ECS_UPDATE_ERROR: {
    summary: 'the service changed while CodeDeploy was at work',
    fix: 'see the scaling activities: a scaling during the shift must be steady within five minutes; then deploy again',
  },
  AUTOSCALING_VALIDATION_ERROR: {
    summary: 'the service was scaled while CodeDeploy was at work',
    fix: 'deploy again when nothing scales',
  },
  IAM_ROLE_MISSING: {
    summary: 'the deployment group has no service role',
    fix: 'give it one with AWSCodeDeployRoleForECS',
  },
  IAM_ROLE_PERMISSIONS: {
    summary: 'CodeDeploy’s service role may not do this',
    fix: 'allow it AWSCodeDeployRoleForECS, and iam:PassRole on the task role and the execution role',
  },
  INVALID_ECS_SERVICE: {
    summary: 'the service does not fit the deployment group',
    fix: 'see that the group names this service, and that its controller is CODE_DEPLOY',
  },
  RESOURCE_LIMIT_EXCEEDED: {summary: 'a quota of the account is used up', fix: 'ask for a higher quota'},
}

function fromAccount({deployment: {error}}: Facts): Cause | undefined {
  const known = error && ACCOUNT[error.code]
  return known && {code: error.code.toLowerCase(), summary: `${known.summary}: ${error.message}`, fix: known.fix}
}

function fromCodeDeploy({deployment: {error, status}}: Facts): Cause {
  // While tasks start it would be Failed: only the wait for approval ends so (DeploymentReadyOption, STOP_DEPLOYMENT).
  if (error?.code === 'TIMEOUT' && status === 'Stopped') {
    return {
      code: 'not_approved',
      summary: 'nobody approved it in time',
      fix: 'deploy again, and let it go on with fb approve',
    }
  }
  if (error?.code === 'MANUAL_STOP' || (status === 'Stopped' && !error)) {
    return {code: 'stopped', summary: 'somebody stopped the deployment', fix: 'ask who stopped it, then deploy again'}
  }
  return {
    code: (error?.code ?? 'unknown').toLowerCase(),
    summary: error?.message ?? `CodeDeploy ended it as ${status}`,
    fix: 'see the deployment in the CodeDeploy console',
  }
}
