import {createHash} from 'node:crypto'

import {namesOf} from '../src/config/names.js'
import type {StackSettings} from './settings.js'

/** Load balancers and target groups may have 32 characters; a longer name keeps its end apart by a hash. */
export function short(name: string, most = 32): string {
  if (name.length <= most) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 6)
  return `${name.slice(0, most - hash.length - 1).replace(/-+$/, '')}-${hash}`
}

/** The names of one service of the stack. */
export const serviceNames = ({app, environment}: StackSettings, service: string) => {
  const names = namesOf({app, env: environment.name, service})
  return {...names, blue: short(`${names.service}-blue`), green: short(`${names.service}-green`)}
}

/** What one module makes and others give rights to. */
export function stackNames({app, environment}: StackSettings) {
  const name = `${app}-${environment.name}`
  // CodeDeploy's managed roles may call functions whose names begin so, and no others.
  const hook = (what: string) => short(`CodeDeployHook_${name}-${what}`, 64)
  return {
    topic: `${name}-alerts`,
    billingTopic: `${name}-billing`,
    loadBalancer: short(name),
    hooks: {migration: hook('migration'), validation: hook('validation'), production: hook('production')},
  }
}

/** Where the test listener listens, with a certificate and without. */
export const TEST_PORT = 9000

/** A header by which a request to the test listener names the service it is for: two services may have the path /health. */
export const SERVICE_HEADER = 'x-fb-service'

/** `app_service` is the documented address of the service v1; another service adds its name. */
export const logicalId = (id: string, service: string): string => (service === 'v1' ? id : `${id}_${service}`)
