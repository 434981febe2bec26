import {digestOf, shortName} from './image.js'
import {revisionOf} from './service.js'
import type {Revision} from './task-definition.js'

/** A release is a registered task definition; its number is the revision. */
export type Release = {number: number; taskDefinitionArn: string; image: string; digest?: string}

export const ACTOR = 'fb:actor'

/** The tag of a release that names the task definition of the infrastructure that it was made from. */
export const DESIGN = 'fb:design'
/** The command that changed the schema for a release. */
export const MIGRATION = 'fb:migration'

export function releaseOf({arn, definition}: Revision, container: string): Release {
  const image = definition.containerDefinitions.find(({name}) => name === container)?.image ?? ''
  return {number: revisionOf(arn), taskDefinitionArn: arn, image, digest: digestOf(image)}
}

export const sayRelease = ({number, image}: Release): string => `v${number} (${shortName(image)})`

/** The person in an ARN: the session of an assumed role, or the user's name. */
export const actorOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

/** Tags take letters, digits, spaces and + - = . _ : / @ (AWS tagging rules). */
export const tagValue = (text: string): string => text.replace(/[^\p{L}\p{N} +=._:/@-]/gu, '-').slice(0, 256)

/** Tags for a new registration: those of another, but neither what fb noted there nor aws:, which AWS refuses from others. */
export function inheritedTags(tags: Record<string, string>, caller: string): Record<string, string> {
  const inherited = Object.entries(tags).filter(([key]) => key === DESIGN || !/^(aws|fb):/.test(key))
  return {...Object.fromEntries(inherited), [ACTOR]: tagValue(actorOf(caller))}
}

/** CodeDeploy keeps at most 256 characters. */
const LONGEST = 256

export function describeDeployment(message: string, actor: string): string {
  const end = ` (by ${actor})`
  return `fb: ${message.slice(0, LONGEST - end.length - 4)}${end}`
}

/** CodeDeploy knows of a person only that it was one. */
export const sayCreator = (creator: string): string => (creator === 'user' ? 'somebody' : creator)

/** Who and what for, from a description fb wrote; any other tool's description is its message. */
export function readDescription(description = ''): {message: string; actor?: string} {
  const [, message, actor] = /^fb: (.*) \(by ([^()]*)\)$/s.exec(description) ?? []
  return message === undefined ? {message: description} : {message, actor}
}
