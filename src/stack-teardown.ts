import {Refused} from './errors.js'
import {targetsIn} from './infra/targets.js'
import {planTeardown, type Teardown} from './infra/teardown.js'
import {aws, type Site} from './site.js'
import {nothingHere, type Stack} from './stack-access.js'

type Wanted = {keep: string[]; lose: string[]; modules?: string[]}

/** What goes of a site and what stays. Refuses what nobody has named, and what AWS would refuse in the middle of the work. */
export async function teardownOf(site: Site, stack: Stack, {keep, lose, modules}: Wanted): Promise<Teardown> {
  const {name} = site.environment
  if (!stack.state) throw nothingHere(name)
  const only = targetsIn(stack.definition, modules)
  const teardown = planTeardown(stack.state, {keep, lose, only}, site.environment)
  for (const {address, name: repository} of teardown.repositories) await refuseFull(site, stack, {address, repository})
  return teardown
}

async function refuseFull(
  site: Site,
  {definition: {account, region}}: Stack,
  one: {address: string; repository: string},
) {
  const {hasImages} = await aws(site, 'ecr')
  const {address, repository} = one
  if (!(await hasImages({account, region, name: repository}))) return
  throw new Refused(`${repository} holds images, and AWS deletes no repository that does.`, {
    code: 'repository_not_empty',
    because: [`${address}: ecr:ListImages of ${repository} is not empty`],
    state: 'Nothing was changed.',
    next: [
      `fb infra down --keep ${address}`,
      `aws ecr batch-delete-image --repository-name ${repository} --image-ids …`,
    ],
  })
}
