import {CodeDeployClient} from '@aws-sdk/client-codedeploy'

import {hook} from './hook.js'
import {requests} from './requests.js'

const {URL: url = '', CHECKS = '{}'} = process.env

/** Of the new version: AfterAllowTestTraffic on the test listener, AfterAllowTraffic in production. */
export const handler = hook(new CodeDeployClient(), requests({url, checks: JSON.parse(CHECKS)}))
