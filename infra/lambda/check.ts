import {CodeDeployClient} from '@aws-sdk/client-codedeploy'

import {hook, limits} from './hook.js'
import {requests} from './requests.js'

const {URL: url = '', CHECKS = '{}'} = process.env

/** Of the new version: AfterAllowTestTraffic on the test listener, AfterAllowTraffic in production. */
export const handler = hook(new CodeDeployClient(limits), requests({url, checks: JSON.parse(CHECKS)}))
