import {CodeDeployClient} from '@aws-sdk/client-codedeploy'
import {ECSClient} from '@aws-sdk/client-ecs'

import {hook} from './hook.js'
import {migrate} from './migrate.js'

const {CLUSTER = '', COMMAND = ''} = process.env

/** BeforeInstall: the schema must be there before the first task of the new version is. */
export const handler = hook(new CodeDeployClient(), migrate(new ECSClient(), {cluster: CLUSTER, command: COMMAND}))
