import {readdirSync, readFileSync} from 'node:fs'
import {expect, it} from 'vitest'

import {actionOf} from '../src/iam.js'

/** The packages of clients whose services IAM calls otherwise. */
const SERVICES: Record<string, string> = {
  'application-auto-scaling': 'application-autoscaling',
  'cloudwatch-logs': 'logs',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
}

/** Whatever src/aws can send, as IAM names it. */
function actions(): Set<string> {
  const all = new Set<string>()
  for (const file of readdirSync('src/aws'))
    for (const [, names, client] of readFileSync(`src/aws/${file}`, 'utf8').matchAll(
      /import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g,
    ))
      for (const [, operation] of names!.matchAll(/\b(\w+)Command\b/g))
        all.add(actionOf(`${SERVICES[client!] ?? client}:${operation}`))
  return all
}

/** What the page has in its tables, and the two that only Terraform's backend or CodeDeploy asks for. */
function documented(): Set<string> {
  const all = new Set<string>()
  for (const line of readFileSync('docs/permissions.md', 'utf8').split('\n')) {
    const [, service, cell] = /^\| `([\w-]+)`[^|]*\| (.*) \|$/.exec(line) ?? []
    for (const [, name] of (cell ?? '').matchAll(/`([\w:-]+)`/g))
      all.add(name!.includes(':') ? name! : `${service}:${name}`)
  }
  return all
}

it('are all on the page about them', () => {
  const known = documented()
  expect([...actions()].filter((action) => action !== 'sts:GetCallerIdentity' && !known.has(action))).toEqual([])
})

/** AWS asks for these beside the action of the call itself. */
const BESIDE = [
  'codedeploy:RegisterApplicationRevision',
  'codedeploy:UpdateDeploymentGroup',
  'iam:PassRole',
  'ecs:UpdateService',
]

it('are no more than fb uses', () => {
  const used = actions()
  expect([...documented()].filter((action) => !used.has(action) && !BESIDE.includes(action))).toEqual([])
})
