import type {TaskSet, World} from './world.js'

/** Stop reasons name the resource at hand. */
export function filled(
  {inventory, state}: World,
  set: Pick<TaskSet, 'taskDefinition' | 'group'>,
  text?: string,
): string | undefined {
  const definition = state.taskDefinitions.find(({arn}) => arn === set.taskDefinition)
  const [container] = definition?.input.containerDefinitions ?? []
  const parameter = `${inventory.parameterPath}${container?.secrets?.[0]?.name ?? 'DATABASE_URL'}`
  return text
    ?.replaceAll('{image}', container?.image ?? '')
    .replaceAll('{targetGroup}', inventory.targetGroups[set.group].arn)
    .replaceAll('{parameterArn}', inventory.arn('ssm', `parameter${parameter}`))
    .replaceAll('{parameter}', parameter)
}
