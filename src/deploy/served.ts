import {readRollback} from './rollback-marks.js'
import {type Deployment, isOver, revisionOf} from './service.js'

/** One deployment as a stretch in the life of the release that it deployed. */
export type Stretch = {
  deployment: Deployment
  /** The task definition; CodeDeploy may not know it any more. */
  arn?: string
  /** The release whose content it has, when it was deployed to go back to that one. */
  repeats?: number
  /** When it had all the traffic, as far as CodeDeploy's history tells. No `servedFrom`: never. No `servedUntil`: it still has. */
  servedFrom?: Date
  servedUntil?: Date
  /** The deployment by which fb took the traffic away from it for good. */
  rolledBackBy?: Deployment
}

/** A history, newest first, as stretches of serving. A rollback by CodeDeploy itself is the end of another deployment, not one of its own. */
export function stretchesOf(history: Deployment[], arns: Record<string, string>): Stretch[] {
  let next: Stretch | undefined
  return history
    .filter(({rollbackOf}) => !rollbackOf)
    .map((deployment) => {
      const arn = arns[deployment.sha256 ?? '']
      const number = arn ? revisionOf(arn) : undefined
      const servedFrom = servedSince(deployment)
      const replacedBy = next && readRollback(next.deployment)
      const stretch: Stretch = {
        deployment,
        arn,
        repeats: readRollback(deployment)?.to,
        servedFrom,
        servedUntil: servedFrom && next?.servedFrom,
        rolledBackBy: servedFrom && number !== undefined && replacedBy?.from === number ? next?.deployment : undefined,
      }
      if (servedFrom) next = stretch
      return stretch
    })
}

/** A deployment whose traffic has moved waits for the end of blue: that is no part of how long it took. */
export function tookMs({createdAt, completedAt, status, terminationMinutes}: Deployment): number | undefined {
  if (!completedAt) return undefined
  const whole = completedAt.getTime() - createdAt.getTime()
  const bake = status === 'Succeeded' ? terminationMinutes * 60_000 : 0
  // Somebody may have ended the wait early.
  return whole > bake ? whole - bake : whole
}

function servedSince(deployment: Deployment): Date | undefined {
  const {status, createdAt, terminationStarted} = deployment
  if (status === 'Succeeded') return new Date(createdAt.getTime() + (tookMs(deployment) ?? 0))
  return terminationStarted && !isOver(deployment) ? createdAt : undefined
}
