import {expect, it} from 'vitest'

import {teller} from '../../src/deploy/service-events.js'
import {deployment, reading} from '../support/deployments.js'

it('tells of an unhealthy target its port and the reason, without ids and ARNs', () => {
  const group = '(target-group arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/green/0a1b)'
  const why = 'due to (reason Health checks failed with these codes: [404]).'
  const message = `(service app) (task 0f3c) (port 8000) is unhealthy in ${group} ${why}`
  const service = {
    ...{name: 'app', controller: 'CODE_DEPLOY', desired: 1, running: 1, taskDefinition: 'app:1', taskSets: []},
    events: [{id: '1', at: new Date(1), message}],
  }
  expect(teller()(reading({service, deployment: deployment('InProgress')}))).toEqual([
    {type: 'note', text: 'port 8000 is unhealthy in green: Health checks failed with these codes: [404]'},
  ])
})
