import {IamOpenidConnectProvider} from '@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js'
import {Construct} from 'constructs'

import {GITHUB} from '../policies.js'

/** Lets GitHub's workflows take roles of this account, without a key: an account has one such provider at most. */
export class GitHub extends Construct {
  constructor(scope: Construct) {
    super(scope, 'github')
    new IamOpenidConnectProvider(this, 'github', {url: `https://${GITHUB}`, clientIdList: ['sts.amazonaws.com']})
  }
}
