import type {ImageReference} from '../image.js'
import type {Scene} from '../plan.js'
import type {TaskDefinition} from '../task-definition.js'
import {fail, type Look, ok, warn} from './check.js'

const PROCESSORS: Record<string, string> = {X86_64: 'amd64', ARM64: 'arm64'}

export const image: Look = async ({image, definition}, aws) => {
  const reference = await image
  if (!reference) return ok('is not in ECR, where alone fb can look')
  const name = nameOf(reference)
  const built = await aws.architectures(reference)
  if (!built) return fail(`${name} does not exist`, 'push it, or name another with --tag')
  const {runtimePlatform} = (await definition) as {runtimePlatform?: {cpuArchitecture?: string}}
  const processor = runtimePlatform?.cpuArchitecture ?? 'X86_64'
  const wanted = PROCESSORS[processor] ?? processor.toLowerCase()
  if (built.length === 0) return warn(`${name} does not say for which processor it is built`)
  if (built.includes(wanted)) return ok(`${name} is there, built for ${built.join(' and ')}`)
  return fail(
    `${name} is built for ${built.join(' and ')}, and the tasks run on ${wanted}`,
    `docker build --platform linux/${wanted}, or set runtimePlatform of the task definition`,
  )
}

const nameOf = ({repository, tag, digest = ''}: ImageReference): string =>
  `${repository.name}:${tag ?? digest.slice(7, 19)}`

export const container: Look = async ({definition, entrance}) => {
  const {container: name, port} = await entrance
  const found = (await definition).containerDefinitions.find((one) => one.name === name)
  if (!found) return fail(`the task definition has no container ${name}`, 'give the container that name')
  const ports = (found.portMappings ?? []).map(({containerPort}) => containerPort)
  if (ports.includes(port)) return ok(`${name} listens on ${port}`)
  const has = ports.length > 0 ? `opens ${ports.join(', ')}` : 'opens no port'
  return fail(
    `${name} ${has}; the load balancer sends requests to ${port}`,
    `add containerPort ${port} to portMappings`,
  )
}

export const secrets: Look = async ({definition, scene}, aws) => {
  const all = [...new Set(valuesFrom(await definition))]
  if (all.length === 0) return ok('the task definition names none')
  const names = all.flatMap((from) => parameterOf(from, scene) ?? [])
  const missing = await aws.missingParameters(names)
  const {parameterPath} = scene.names
  if (missing.length > 0) {
    const key = missing[0]!.startsWith(parameterPath) ? missing[0]!.slice(parameterPath.length) : undefined
    const verb = missing.length === 1 ? 'does' : 'do'
    const fix = key ? `fb params set ${key} --env ${scene.env}` : `create the parameter ${missing[0]}`
    return fail(`${missing.join(', ')} ${verb} not exist`, fix)
  }
  const elsewhere = all.length - names.length
  const rest = elsewhere > 0 ? `, ${elsewhere} kept where fb does not look` : ''
  return ok(`${names.length} of ${all.length} seen to exist${rest}`)
}

const valuesFrom = ({containerDefinitions}: TaskDefinition): string[] =>
  containerDefinitions.flatMap(({secrets = []}) => secrets.map(({valueFrom}) => valueFrom))

const ARN = /^arn:aws[\w-]*:ssm:([\w-]+):(\d+):parameter\/(.+)$/

/** The parameter that a `valueFrom` names, unless it is kept in Secrets Manager, or not here. */
function parameterOf(valueFrom: string, {account, region}: Scene): string | undefined {
  if (!valueFrom.startsWith('arn:')) return valueFrom
  const [, where, owner, path = ''] = ARN.exec(valueFrom) ?? []
  if (where !== region) return undefined
  if (owner !== account) return valueFrom
  return path.includes('/') ? `/${path}` : path
}

export const logGroup: Look = async ({definition, scene}, aws) => {
  const groups = logGroupsIn(await definition, scene.region)
  const there = await Promise.all(groups.map((name) => aws.hasLogGroup(name)))
  const missing = groups.filter((_, i) => !there[i])
  if (missing.length > 0)
    return fail(`${missing.join(', ')} does not exist`, `aws logs create-log-group --log-group-name ${missing[0]}`)
  return groups.length > 0 ? ok(`${groups.join(', ')} is there`) : warn('no container writes its log to CloudWatch')
}

/** Those in this region that must be there before a task can start. */
function logGroupsIn({containerDefinitions}: TaskDefinition, region: string): string[] {
  const options = containerDefinitions.map(({logConfiguration}) => logConfiguration?.options ?? {})
  const needed = options.filter(
    (one) => one['awslogs-create-group'] !== 'true' && (one['awslogs-region'] ?? region) === region,
  )
  return [...new Set(needed.flatMap((one) => one['awslogs-group'] ?? []))]
}
