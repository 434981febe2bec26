import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  type ImageDetail,
  ListImagesCommand,
} from '@aws-sdk/client-ecr'

import type {Image, ImageReference, ImageRepository} from '../deploy/image.js'
import {NotFound} from '../errors.js'
import {type Connection, connect, pages} from './clients.js'

/** What an image's manifest says of the processors it is for: a list of images, or one whose configuration says it. */
type Manifest = {manifests?: {platform?: {architecture?: string}}[]; config?: {digest: string}}

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]
const PATIENCE = 10_000

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
  /** The configuration is a layer like any other, which ECR keeps in S3. */
  const configured = async (repository: ImageRepository, layerDigest: string): Promise<string[]> => {
    const layer = new GetDownloadUrlForLayerCommand({...placeOf(repository), layerDigest})
    const {downloadUrl} = await readIn(repository.region)(layer)
    const signal = AbortSignal.any([connection.signal, AbortSignal.timeout(PATIENCE)])
    const {architecture} = (await (await fetch(downloadUrl!, {signal})).json()) as {architecture?: string}
    return architecture ? [architecture] : []
  }
  return {
    /** The processors an image is built for; nothing when there is no such image. */
    async architectures({repository, tag, digest}: ImageReference): Promise<string[] | undefined> {
      const imageIds = [digest ? {imageDigest: digest} : {imageTag: tag}]
      const input = {...placeOf(repository), imageIds, acceptedMediaTypes: MANIFESTS}
      const answer = await readIn(repository.region)(new BatchGetImageCommand(input)).catch(absent(repository))
      const text = answer?.images?.[0]?.imageManifest
      if (!text) return undefined
      const {manifests, config} = JSON.parse(text) as Manifest
      if (!manifests) return config ? configured(repository, config.digest) : []
      // What attests how an image was built is listed beside it, for no processor.
      return [...new Set(manifests.flatMap(({platform}) => platform?.architecture ?? []))].filter(
        (one) => one !== 'unknown',
      )
    },
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
