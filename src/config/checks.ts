import {nameProblems} from './name-limits.js'
import {SHARED} from './names.js'
import type {FbYml} from './schema.js'
import type {Environment, Service, Settings} from './settings.js'
import {TWO_ZONES} from './zones.js'

/** What is wrong with settings that are each right alone, and at which key of fb.yml. */
export type Problem = {path: string[]; message: string}

export function problemsOf(settings: Settings, given: FbYml): Problem[] {
  const own = (name: string) => given.environments?.[name] ?? {}
  return [
    ...Object.entries(settings.environments).flatMap(([name, one]) => environmentProblems(name, one, own(name))),
    ...budgetProblems(settings),
    ...nameProblems(settings),
    ...serviceProblems(Object.entries(settings.services)),
  ]
}

type Given = NonNullable<FbYml['environments']>[string]

function environmentProblems(name: string, environment: Environment, given: Given): Problem[] {
  const {apiGateway, database, domain, loadBalancer, minTasks, maxTasks, region} = environment
  const at = (...keys: string[]) => ['environments', name, ...keys]
  const problems = [...sizeProblems(environment, given).map(({path, message}) => ({path: at(...path), message}))]
  if (minTasks > maxTasks)
    problems.push({path: at('minTasks'), message: `${minTasks} is more than maxTasks, which is ${maxTasks}`})
  if (database && database.storageGb > database.maxStorageGb)
    problems.push({
      path: at('database', 'storageGb'),
      message: `${database.storageGb} is more than maxStorageGb, which is ${database.maxStorageGb}`,
    })
  // Accounts of before 2014 may have three there, and name them.
  if (TWO_ZONES.includes(region) && !given.network?.zones)
    problems.push({
      path: given.region ? at('region') : ['region'],
      message: `${region} gives an account two availability zones and the network needs three: take another region, or name three in ${at('network', 'zones').join('.')} when your account has them`,
    })
  if (domain && !domain.zoneId && !canHaveZone(domain.name))
    problems.push({
      path: at('domain', 'name'),
      message: `nobody has a public hosted zone for ${domain.name}: give its zoneId, or a name such as api.example.com`,
    })
  const [, certificateRegion] = /^arn:[^:]*:acm:([^:]+):/.exec(loadBalancer.certificate ?? '') ?? []
  if (certificateRegion && certificateRegion !== region)
    problems.push({
      path: at('loadBalancer', 'certificate'),
      message: `it is in ${certificateRegion}, and a load balancer in ${region} takes those of its own region`,
    })
  // To an HTTPS listener an HTTP API speaks plain HTTP unless it is told which name the certificate has.
  if (apiGateway && loadBalancer.certificate && !domain)
    problems.push({
      path: at('apiGateway'),
      message: 'with loadBalancer.certificate it needs domain.name, the name that the certificate is for',
    })
  return problems
}

/** A budget is the account's, and somebody must hear of it. */
function budgetProblems({environments, shared}: Settings): Problem[] {
  const misplaced = Object.entries(environments).filter(([, {budget}]) => budget)
  const problems = misplaced.map(([name]) => ({
    path: ['environments', name, 'budget'],
    message: `a budget is of the whole account: it has its effect at environments.${SHARED}.budget alone`,
  }))
  const {emails, webhook} = shared.alerts
  if (!shared.budget || emails.length > 0 || webhook) return problems
  const message = `nobody would hear of it: name someone in environments.${SHARED}.alerts, by emails or a webhook`
  return [...problems, {path: ['environments', SHARED, 'budget'], message}]
}

/** Memory in MiB that Fargate offers for so many CPU units: from, to, in steps of. */
const FARGATE: Record<number, [from: number, to: number, step: number]> = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16384: [32_768, 122_880, 8192],
}

function sizeProblems({cpu, memory}: Environment, given: Given): Problem[] {
  const offered = FARGATE[cpu]
  if (!offered) return [{path: ['cpu'], message: `Fargate has ${Object.keys(FARGATE).join(', ')}`}]
  const [from, to, step] = offered
  // With the smallest size it goes up in other steps.
  const fits = memory >= from && memory <= to && (memory - from) % step === 0 && !(cpu === 256 && memory === 1536)
  if (fits) return []
  const sizes = cpu === 256 ? '512, 1024 or 2048' : `${from} to ${to} in steps of ${step}`
  const key = given.memory === undefined ? 'cpu' : 'memory'
  return [{path: [key], message: `with ${cpu} CPU units Fargate has ${sizes} MiB of memory, not ${memory}`}]
}

/** Names that no public zone is for (RFC 2606 and 6762), and those that are Amazon's own. */
const NOT_OURS = /(^|\.)(local|localhost|internal|invalid|test|example|amazonaws\.com|awsapps\.com)$/

const canHaveZone = (name: string): boolean =>
  /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/i.test(name) && !NOT_OURS.test(name.toLowerCase())

/** A request must have one service that it is for: where two could have it, the more specific pattern decides. */
function serviceProblems(services: [string, Service][]): Problem[] {
  return services.flatMap(([name, {path}], i) => {
    const rival = services.slice(0, i).find(([, other]) => isUndecided(other.path, path))
    if (!rival) return []
    const message = `${path} takes requests that services.${rival[0]}.path (${rival[1].path}) takes too`
    return [{path: ['services', name, 'path'], message}]
  })
}

function isUndecided(a: string, b: string): boolean {
  if (!meets(a, b, 'some')) return false
  const [aHasB, bHasA] = [meets(a, b, 'all'), meets(b, a, 'all')]
  if (aHasB === bHasA) return true
  // The listener's rules try longer patterns first.
  return aHasB ? b.length <= a.length : a.length <= b.length
}

/** Whether the first pattern matches some, or all, of what the second one does; `*` is any text and `?` any character. */
function meets(a: string, b: string, which: 'some' | 'all', known = new Map<string, boolean>()): boolean {
  const rest = (i: number, j: number): boolean => {
    const key = `${i} ${j}`
    const found = known.get(key) ?? look(i, j)
    known.set(key, found)
    return found
  }
  const look = (i: number, j: number): boolean => {
    if (i === a.length && j === b.length) return true
    if (a[i] === '*') return rest(i + 1, j) || (j < b.length && rest(i, j + 1))
    if (b[j] === '*') return which === 'some' && (rest(i, j + 1) || (i < a.length && rest(i + 1, j)))
    if (i === a.length || j === b.length) return false
    return (a[i] === b[j] || a[i] === '?' || (b[j] === '?' && which === 'some')) && rest(i + 1, j + 1)
  }
  return rest(0, 0)
}
