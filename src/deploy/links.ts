import type {Container, TaskDefinition} from './task-definition.js'

/**
 * Tags on the live task definition that say which secrets its successor has: `fb:secret:NAME` is the ARN of a parameter, or -
 * for none. They are kept there because they belong to that release: a deployment uses them up, and one that is rolled back
 * leaves them as they were.
 */
export const LINK = 'fb:secret:'

export const UNLINKED = '-'

export type Link = {variable: string; valueFrom?: string}

export const linksIn = (tags: Record<string, string>): Link[] =>
  Object.entries(tags)
    .filter(([key]) => key.startsWith(LINK))
    .map(([key, value]) => ({variable: key.slice(LINK.length), ...(value !== UNLINKED && {valueFrom: value})}))

/** The definition with those secrets. A variable in the clear of the same name makes room: ECS takes a name once. */
export function withLinks(definition: TaskDefinition, container: string, links: Link[]): TaskDefinition {
  if (links.length === 0) return definition
  const named = ({name}: {name: string}) => links.some(({variable}) => variable === name)
  const secrets = links.flatMap(({variable: name, valueFrom}) => (valueFrom ? [{name, valueFrom}] : []))
  const change = (one: Container): Container => ({
    ...one,
    environment: one.environment?.filter(({name}) => !secrets.some((secret) => secret.name === name)),
    secrets: [...(one.secrets ?? []).filter((secret) => !named(secret)), ...secrets],
  })
  return {
    ...definition,
    containerDefinitions: definition.containerDefinitions.map((one) => (one.name === container ? change(one) : one)),
  }
}
