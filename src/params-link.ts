import type {LinkPlan} from './params/link.js'
import {linkedText, linkText} from './params/link-text.js'
import type {Teller} from './params-apply.js'
import {aws, type Site} from './site.js'

export type Linked = {
  env: string
  service: string
  result: 'planned' | 'linked' | 'unchanged'
  links: LinkPlan['links']
}

type Asked = {yes?: boolean; 'dry-run'?: boolean; template?: string}

/** Shows what the next deployment would change, asks, and notes it on the live task definition. */
export async function carryOutLink({voice, ask}: Teller, site: Site, plan: LinkPlan, asked: Asked): Promise<Linked> {
  const done = {env: site.environment.name, service: site.service, links: plan.links}
  if (asked['dry-run']) {
    voice.print((canvas) => linkText(plan, canvas))
    return {...done, result: 'planned'}
  }
  voice.tell((canvas) => linkText(plan, canvas))
  const changes = Object.keys(plan.add).length + plan.drop.length > 0
  if (changes) {
    const names = plan.links.map(({variable}) => variable).join(', ')
    await ask.confirm(site, asked.yes, `Change ${names} with the next deployment of ${done.service} in ${done.env}?`)
    await (await aws(site, 'ecs')).retag(plan.arn, plan)
  }
  voice.print((canvas) => linkedText(plan, {...done, template: asked.template}, canvas))
  return {...done, result: changes ? 'linked' : 'unchanged'}
}
