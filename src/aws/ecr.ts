import {DescribeImagesCommand, ECRClient, type ImageDetail, ListImagesCommand} from '@aws-sdk/client-ecr'

import type {Image, ImageReference, ImageRepository} from '../deploy/image.js'
import {NotFound} from '../errors.js'
import {type Connection, connect, pages} from './clients.js'

/** ECR lists images in no order: the newest are only known when all have been read, so there is a bound. */
const MOST = 1000

export function ecr(connection: Connection) {
  const reads = new Map<string, ReturnType<typeof connect<ECRClient>>['read']>()
  /** An image is looked up where its own name says it is. */
  const readIn = (region: string) => {
    const read = reads.get(region) ?? connect(ECRClient, {...connection, region}).read
    reads.set(region, read)
    return read
  }
  return {
    async findImage({repository, tag, digest}: ImageReference): Promise<Image | undefined> {
      const read = readIn(repository.region)
      const imageIds = [digest ? {imageDigest: digest} : {imageTag: tag}]
      const answer = await read(new DescribeImagesCommand({...placeOf(repository), imageIds})).catch(absent(repository))
      return answer?.imageDetails?.map(imageFrom)[0]
    },
    /** Whether a repository holds any image, tagged or not. */
    async hasImages(repository: ImageRepository): Promise<boolean> {
      const read = readIn(repository.region)
      const get = (nextToken?: string) => read(new ListImagesCommand({...placeOf(repository), nextToken}))
      const found = await pages(
        get,
        (page) => page.imageIds,
        (page) => page.nextToken,
        1,
      )
      return found.length > 0
    },
    /** Tagged images, newest first. */
    async newestImages(repository: ImageRepository): Promise<Image[]> {
      const read = readIn(repository.region)
      const input = {...placeOf(repository), filter: {tagStatus: 'TAGGED'}, maxResults: MOST} as const
      const get = (nextToken?: string) => read(new DescribeImagesCommand({...input, nextToken}))
      const details = await pages(
        get,
        (page) => page.imageDetails,
        (page) => page.nextToken,
        MOST,
      ).catch(absent(repository))
      return (details ?? []).map(imageFrom).sort((a, b) => b.pushedAt.getTime() - a.pushedAt.getTime())
    },
  }
}

const placeOf = ({account, name}: ImageRepository) => ({registryId: account, repositoryName: name})

/** A missing image is an answer; a missing repository is not. */
const absent =
  ({name}: ImageRepository) =>
  (error: Error): undefined => {
    if (error.name === 'ImageNotFoundException' || error.name === 'InvalidParameterException') return undefined
    if (error.name !== 'RepositoryNotFoundException') throw error
    throw new NotFound(`There is no ECR repository ${name}.`, {
      code: 'no_repository',
      because: [`ecr:DescribeImages: ${error.message}`],
      state: 'Nothing was changed.',
      next: ['check the app name in fb.yml and --region'],
      cause: error,
    })
  }

function imageFrom(detail: ImageDetail): Image {
  const {findingSeverityCounts: findings} = detail.imageScanFindingsSummary ?? {}
  return {
    digest: detail.imageDigest!,
    tags: detail.imageTags ?? [],
    pushedAt: detail.imagePushedAt!,
    scan: {
      status: detail.imageScanStatus?.status ?? 'none',
      critical: findings?.CRITICAL ?? 0,
      high: findings?.HIGH ?? 0,
    },
  }
}
