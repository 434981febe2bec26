import {explain, Interrupted} from '../errors.js'
import type {Event} from '../events.js'
import type {Underway} from './deploy.js'
import {rolledBackTag} from './rollback-marks.js'

/** Keeps with the release why fb stopped its deployment, and who had fb do it. */
export type Mark = (reason: string) => AsyncGenerator<Event, void, void>

export type MarkAws = {retag(arn: string, change: {add: Record<string, string>; drop: string[]}): Promise<void>}

/** The traffic matters more: that the words could not be kept is told, and no more. */
export const marking = (
  aws: MarkAws,
  {deploymentId, release, scene}: Pick<Underway, 'deploymentId' | 'release' | 'scene'>,
): Mark =>
  async function* (reason) {
    try {
      await aws.retag(release.taskDefinitionArn, {add: rolledBackTag(deploymentId, scene.caller, reason), drop: []})
    } catch (error) {
      const failure = explain(error)
      if (failure instanceof Interrupted) throw error
      yield {type: 'note', text: `Why it was stopped could not be noted with the release: ${failure.message}`}
    }
  }
