import {namesOf, SANDBOX} from './names.js'
import type {Environment, Settings} from './settings.js'

type Problem = {path: string[]; message: string}
type Part = {word: string; path: string[]}

/** Names of AWS that would be too long for it. Others that infra/ makes are cut to what AWS takes (infra/names.ts). */
export function nameProblems(settings: Settings): Problem[] {
  const {app, state} = settings
  const own = Object.values(settings.environments).filter(({name}) => name !== SANDBOX)
  return [
    ...bucketProblems(app, state.bucket),
    ...own.flatMap((environment) => [
      ...serviceProblems(settings, environment.name),
      ...(environment.database ? databaseProblems(app, environment) : []),
    ]),
  ]
}

const ofApp = (app: string): Part => ({word: app, path: ['app']})
const ofEnvironment = (name: string): Part => ({word: name, path: ['environments', name]})

/** S3 has 63 characters. */
const bucketProblems = (app: string, bucket: string) =>
  tooLong("the state's bucket", bucket, 63, [ofApp(app)], ', or state.bucket')

/** CodeDeploy has 100; ECS has more. */
const serviceProblems = ({app, services}: Settings, env: string) =>
  Object.keys(services).flatMap((service) => {
    const name = namesOf({app, env, service}).codedeployApplication
    const parts = [ofApp(app), {word: service, path: ['services', service]}, ofEnvironment(env)]
    return tooLong('the application in CodeDeploy', name, 100, parts)
  })

/** RDS has 63, and wants every hyphen between others. */
function databaseProblems(app: string, {name: env}: Environment): Problem[] {
  const name = `${app}-${env}`
  const parts = [ofApp(app), ofEnvironment(env)]
  if (!/--|-$/.test(name)) return tooLong('the database', name, 63, parts)
  const {path} = parts.find(({word}) => /--|-$/.test(word))!
  return [
    {path, message: `the database would be ${name}, and RDS takes neither two hyphens together nor one at the end`},
  ]
}

/** At the longest of the words that it is made of. */
function tooLong(what: string, name: string, most: number, parts: Part[], otherwise = ''): Problem[] {
  if (name.length <= most) return []
  const [longest] = parts.toSorted((a, b) => b.word.length - a.word.length)
  const {word, path} = longest!
  const left = most - (name.length - word.length)
  const shorter = left > 0 ? `take one of at most ${left}${otherwise}` : 'take shorter names'
  return [{path, message: `${what} would be ${name}, ${name.length} characters where AWS has ${most}: ${shorter}`}]
}
