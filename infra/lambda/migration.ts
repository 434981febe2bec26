import {CodeDeployClient} from '@aws-sdk/client-codedeploy'
import {ECSClient} from '@aws-sdk/client-ecs'

import {hook, limits} from './hook.js'
import {migrate} from './migrate.js'

const {CLUSTER = '', COMMAND = ''} = process.env

/** BeforeInstall: the schema must be there before the first task of the new version is. */
export const handler = hook(
  new CodeDeployClient(limits),
  migrate(new ECSClient(limits), {cluster: CLUSTER, command: COMMAND}),
)
