import type * as ecr from '@aws-sdk/client-ecr'
import {
  BatchGetImage$,
  DescribeImageScanFindings$,
  DescribeImages$,
  DescribeRepositories$,
  GetDownloadUrlForLayer$,
  ImageNotFoundException,
  LayersNotFoundException,
  ListImages$,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr'
import type {Account} from '../account.js'
import {activeFault} from '../faults.js'
import {type Handlers, page, saying} from '../handlers.js'
import {type Image, imageDigest, images} from '../images.js'
import {digestOf} from '../inventory.js'
import {minute} from '../plan.js'

export const schemas = {
  BatchGetImage$,
  DescribeImages$,
  DescribeImageScanFindings$,
  DescribeRepositories$,
  GetDownloadUrlForLayer$,
  ListImages$,
}

const day = 24 * 60 * minute

export const handlers: Handlers<typeof ecr, typeof schemas> = {
  DescribeRepositories({repositoryNames}, account) {
    for (const name of repositoryNames ?? []) inRepository(account, name)
    const {inventory, state} = account
    const repository: ecr.Repository = {
      repositoryArn: inventory.arn('ecr', `repository/${inventory.repository}`),
      registryId: inventory.where.account,
      repositoryName: inventory.repository,
      repositoryUri: inventory.repositoryUri,
      createdAt: new Date(state.seededAt - 30 * day),
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: {scanOnPush: true},
      encryptionConfiguration: {encryptionType: 'AES256'},
    }
    return {repositories: [repository]}
  },
  ListImages({repositoryName, maxResults = 100, nextToken}, account) {
    inRepository(account, repositoryName!)
    const {items, next} = page(images, maxResults, nextToken)
    return {imageIds: items.map((image) => ({imageDigest: imageDigest(image), imageTag: image.tag})), nextToken: next}
  },
  DescribeImages({repositoryName, imageIds, maxResults = 100, nextToken, filter}, account) {
    inRepository(account, repositoryName!)
    const wanted = imageIds ? imageIds.map((id) => known(account, id)) : images
    const tagged = filter?.tagStatus === 'UNTAGGED' ? [] : wanted
    const {items, next} = page(tagged, maxResults, nextToken)
    return {imageDetails: items.map((image) => detail(account, image)), nextToken: next}
  },
  BatchGetImage({repositoryName, imageIds}, account) {
    inRepository(account, repositoryName!)
    const found = imageIds!.map((id) => ({id, image: find(id)}))
    const {where} = account.inventory
    return {
      images: found.flatMap(({image}) => (image ? [manifest(image, repositoryName!, where.account)] : [])),
      failures: found
        .filter(({image}) => !image)
        .map(({id}) => ({imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found'})),
    }
  },
  /** Of the layers only the configurations are there, each in its URL itself. */
  GetDownloadUrlForLayer({repositoryName, layerDigest}, account) {
    inRepository(account, repositoryName!)
    if (!images.some((image) => configDigest(image) === layerDigest))
      throw new LayersNotFoundException(saying(`The layer with digest '${layerDigest}' does not exist`))
    const {state, now} = account
    const architecture = activeFault(state.faults, 'wrong-architecture', now) ? 'arm64' : 'amd64'
    const config = Buffer.from(JSON.stringify({architecture, os: 'linux'})).toString('base64')
    return {downloadUrl: `data:application/json;base64,${config}`, layerDigest}
  },
  DescribeImageScanFindings({repositoryName, imageId}, account) {
    inRepository(account, repositoryName!)
    const image = known(account, imageId!)
    return {
      registryId: account.inventory.where.account,
      repositoryName,
      imageId: {imageDigest: imageDigest(image), imageTag: image.tag},
      imageScanStatus: {status: 'COMPLETE', description: 'The scan was completed successfully.'},
      imageScanFindings: {...scan(account, image), findings: findings(image)},
    }
  },
}

function inRepository({inventory}: Account, name: string) {
  if (name === inventory.repository) return
  const registry = `the registry with id '${inventory.where.account}'`
  throw new RepositoryNotFoundException(saying(`The repository with name '${name}' does not exist in ${registry}`))
}

const find = ({imageDigest: digest, imageTag}: ecr.ImageIdentifier): Image | undefined =>
  images.find((image) => (!digest || imageDigest(image) === digest) && (!imageTag || image.tag === imageTag))

function known({inventory}: Account, id: ecr.ImageIdentifier): Image {
  const image = find(id)
  if (image) return image
  const named = `imageId {imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'}`
  const place = `the repository with name '${inventory.repository}' in the registry with id '${inventory.where.account}'`
  throw new ImageNotFoundException(saying(`The image with ${named} does not exist within ${place}`))
}

const pushedAt = ({state}: Account, {daysAgo}: Image) => new Date(Math.round(state.seededAt - daysAgo * day))

const scan = (account: Account, image: Image) => ({
  imageScanCompletedAt: new Date(pushedAt(account, image).getTime() + minute),
  vulnerabilitySourceUpdatedAt: pushedAt(account, image),
  findingSeverityCounts: image.findings,
})

const detail = (account: Account, image: Image): ecr.ImageDetail => ({
  registryId: account.inventory.where.account,
  repositoryName: account.inventory.repository,
  imageDigest: imageDigest(image),
  imageTags: [image.tag],
  imageSizeInBytes: image.bytes,
  imagePushedAt: pushedAt(account, image),
  imageScanStatus: {status: 'COMPLETE', description: 'The scan was completed successfully.'},
  imageScanFindingsSummary: scan(account, image),
  imageManifestMediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  artifactMediaType: 'application/vnd.docker.container.image.v1+json',
})

const configDigest = ({tag}: Image) => `sha256:${digestOf(`fb sandbox configuration of ${tag}`)}`

const manifest = (image: Image, repositoryName: string, registryId: string): ecr.Image => ({
  registryId,
  repositoryName,
  imageId: {imageDigest: imageDigest(image), imageTag: image.tag},
  imageManifestMediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  imageManifest: JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {mediaType: 'application/vnd.docker.container.image.v1+json', size: 7023, digest: configDigest(image)},
    layers: [],
  }),
})

const advisories = [
  {name: 'CVE-2026-31402', severity: 'CRITICAL', package: 'openssl', version: '3.0.15-1'},
  {name: 'CVE-2026-28811', severity: 'CRITICAL', package: 'libxml2', version: '2.9.14'},
  {name: 'CVE-2026-30977', severity: 'HIGH', package: 'starlette', version: '0.38.2'},
] as const

const findings = (image: Image): ecr.ImageScanFinding[] =>
  advisories
    .filter(({severity}) => image.findings[severity])
    .map(({name, severity, package: affected, version}) => ({
      name,
      severity,
      uri: `https://security-tracker.debian.org/tracker/${name}`,
      attributes: [
        {key: 'package_name', value: affected},
        {key: 'package_version', value: version},
      ],
    }))
