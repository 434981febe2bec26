import {ClusterNotFoundException} from '@aws-sdk/client-ecs'
import type {Account} from '../account.js'
import {saying} from '../handlers.js'

/** The account holds one cluster; a request without a name means `default`, which is not it. */
export function inCluster({inventory}: Account, cluster = 'default') {
  if (cluster !== inventory.cluster && cluster !== inventory.clusterArn)
    throw new ClusterNotFoundException(saying('Cluster not found.'))
}
