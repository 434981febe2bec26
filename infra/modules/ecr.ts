import {EcrLifecyclePolicy} from '@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js'
import {EcrRepository} from '@cdktf/provider-aws/lib/ecr-repository/index.js'
import {Construct} from 'constructs'

import {namesOf} from '../../src/config/names.js'
import type {StackSettings} from '../settings.js'

type Props = {settings: StackSettings; keyArn: string}

const KEPT = 10

/** The account's one repository of images. */
export class Ecr extends Construct {
  readonly repositoryUrl: string

  constructor(scope: Construct, {settings, keyArn}: Props) {
    super(scope, 'ecr')
    const {app, environment} = settings
    const repository = new EcrRepository(this, 'main', {
      name: namesOf({app, env: environment.name, service: ''}).repository,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: {scanOnPush: true},
      encryptionConfiguration: [{encryptionType: 'KMS', kmsKey: keyArn}],
      forceDelete: false,
    })
    new EcrLifecyclePolicy(this, 'latest', {repository: repository.name, policy: lifecycle()})
    this.repositoryUrl = repository.repositoryUrl
  }
}

/**
 * The latest ten, and of the releases (1.4.2) the latest ten besides: ten builds of a branch must not take away the image that
 * production runs, which could then start no further task. What an earlier rule names is safe from later ones. Only tagged
 * images are counted, for an image of several platforms has untagged parts; they go after it.
 */
function lifecycle(): string {
  const expire = (rulePriority: number, description: string, selection: object) => ({
    rulePriority,
    description,
    selection,
    action: {type: 'expire'},
  })
  const latest = (...tagPatternList: string[]) => ({
    tagStatus: 'tagged',
    tagPatternList,
    countType: 'imageCountMoreThan',
    countNumber: KEPT,
  })
  const untagged = {tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1}
  return JSON.stringify({
    rules: [
      expire(1, `Releases: the latest ${KEPT}`, latest('*.*.*')),
      expire(2, `Builds: the latest ${KEPT}`, latest('*')),
      expire(3, 'Images without a tag: a day', untagged),
    ],
  })
}
