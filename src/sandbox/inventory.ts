import {createHash} from 'node:crypto'
import {namesOf, type Place} from '../config/names.js'

export type Where = Place & {account: string; region: string}
export type Inventory = ReturnType<typeof inventoryOf>

export const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')

export const uuidOf = (text: string) => digestOf(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5')

/** Every resource the sandbox's account holds. What fb does not name itself (load balancer, alarms) is named here. */
export function inventoryOf(where: Where) {
  const names = namesOf(where)
  const {app, env, service, account, region} = where
  const arn = (owner: string, resource: string) => `arn:aws:${owner}:${region}:${account}:${resource}`
  const balancing = (kind: string, name: string) =>
    arn('elasticloadbalancing', `${kind}/${name}/${digestOf(`${kind}${name}`).slice(0, 16)}`)
  const balancer = `${service}-${env}`.slice(0, 32)
  const targetGroup = (colour: string) => {
    const name = `${service}-${env}-${colour}`.slice(0, 32)
    return {name, arn: balancing('targetgroup', name)}
  }
  const balancerArn = balancing('loadbalancer/app', balancer)
  const listener = (port: number) => `${balancerArn.replace(':loadbalancer/', ':listener/')}/${port}f2a91c04d7e6b3`
  return {
    ...names,
    where,
    arn,
    clusterArn: arn('ecs', `cluster/${names.cluster}`),
    serviceArn: arn('ecs', `service/${names.cluster}/${names.service}`),
    logGroupArn: arn('logs', `log-group:${names.logGroup}`),
    repositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${names.repository}`,
    loadBalancer: {name: balancer, arn: balancerArn, dns: `${balancer}-1365921038.${region}.elb.amazonaws.com`},
    targetGroups: [targetGroup('blue'), targetGroup('green')] as const,
    listeners: {prod: listener(443), test: listener(9443)},
    alarms: {errors: `${app}-${service}-${env}-5xx`, latency: `${app}-${service}-${env}-p95`},
    subnets: ['subnet-0a1b2c3d4e5f60718', 'subnet-08f7e6d5c4b3a2910'],
    securityGroups: ['sg-0c9d8e7f6a5b41230'],
  }
}
