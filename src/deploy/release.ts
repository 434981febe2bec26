import {digestOf, shortName} from './image.js'
import {revisionOf} from './service.js'
import type {Revision} from './task-definition.js'

/** A release is a registered task definition; its number is the revision. */
export type Release = {number: number; taskDefinitionArn: string; image: string; digest?: string}

export const ACTOR = 'fb:actor'

/** The command that changed the schema for a release. */
export const MIGRATION = 'fb:migration'

export function releaseOf({arn, definition}: Revision, container: string): Release {
  const image = definition.containerDefinitions.find(({name}) => name === container)?.image ?? ''
  return {number: revisionOf(arn), taskDefinitionArn: arn, image, digest: digestOf(image)}
}

export const sayRelease = ({number, image}: Release): string => `v${number} (${shortName(image)})`

/** The person in an ARN: the session of an assumed role, or the user's name. */
export const actorOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

/** CodeDeploy keeps at most 256 characters. */
const LONGEST = 256

export function describeDeployment(message: string, actor: string): string {
  const end = ` (by ${actor})`
  return `fb: ${message.slice(0, LONGEST - end.length - 4)}${end}`
}

/** Who and what for, from a description fb wrote; any other tool's description is its message. */
export function readDescription(description = ''): {message: string; actor?: string} {
  const [, message, actor] = /^fb: (.*) \(by ([^()]*)\)$/s.exec(description) ?? []
  return message === undefined ? {message: description} : {message, actor}
}
