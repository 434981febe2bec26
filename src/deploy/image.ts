import {columns} from '../columns.js'
import {nearest} from '../config/nearest.js'
import {age} from '../durations.js'
import {NotFound, Refused, UsageError} from '../errors.js'
import type {ServiceState} from './service.js'
import type {Revision} from './task-definition.js'

export type Scan = {status: string; critical: number; high: number}

export type Image = {digest: string; tags: string[]; pushedAt: Date; scan: Scan}

/** A repository in ECR; without an account it is the caller's own. */
export type ImageRepository = {account: string; region: string; name: string}

/** An image by name: `repository:tag`, `repository@sha256:...` or both. */
export type ImageReference = {repository: ImageRepository; tag?: string; digest?: string}

/** The image to run, pinned by digest. */
export type ChosenImage = {image: string; digest: string; tag?: string; scan: Scan}

type Registry = {
  findImage(reference: ImageReference): Promise<Image | undefined>
  newestImages(repository: ImageRepository): Promise<Image[]>
}

const REFERENCE =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@\s]+)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/

export function parseReference(text: string): ImageReference {
  const [, account, region, name, tag, digest] = REFERENCE.exec(text) ?? []
  if (account && region && name && (tag || digest)) return {repository: {account, region, name}, tag, digest}
  throw new UsageError(`${JSON.stringify(text)} is not an image in ECR.`, {
    code: 'bad_image',
    because: ['Write it as 123456789012.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG or ...@sha256:DIGEST.'],
    state: 'Nothing was changed.',
    next: ['--tag TAG for a tag of the application’s own repository'],
  })
}

const uriOf = ({account, region, name}: ImageRepository): string => `${account}.dkr.ecr.${region}.amazonaws.com/${name}`

/** Looks the image up and pins it by digest; refuses one with CRITICAL findings unless told otherwise. */
export async function chooseImage(
  registry: Registry,
  reference: ImageReference,
  allowVulnerable: boolean,
): Promise<ChosenImage> {
  const found = await registry.findImage(reference)
  if (!found) throw await missing(registry, reference)
  const tag = reference.tag ?? found.tags[0]
  if (found.scan.critical > 0 && !allowVulnerable) throw vulnerable(tag ?? found.digest, found.scan)
  const image = `${uriOf(reference.repository)}${tag ? `:${tag}` : ''}@${found.digest}`
  return {image, digest: found.digest, tag, scan: found.scan}
}

async function missing(registry: Registry, {repository, tag, digest}: ImageReference): Promise<NotFound> {
  const images = await registry.newestImages(repository)
  const tags = images.flatMap((image) => image.tags)
  const near = tag ? nearest(tag, tags) : []
  const newest = tags.slice(0, 5).join(', ')
  return new NotFound(`${repository.name} has no image ${tag ?? digest}.`, {
    code: 'no_image',
    because: [
      near.length > 0 ? `Nearest tags: ${near.join(', ')}.` : '',
      newest ? `Newest tags: ${newest}.` : 'The repository is empty.',
    ].filter(Boolean),
    state: 'Nothing was changed.',
    next: near[0] ? [`--tag ${near[0]}`] : [],
  })
}

function vulnerable(name: string, {critical, high}: Scan): Refused {
  return new Refused(`Image ${name} has ${critical} CRITICAL and ${high} HIGH vulnerabilities.`, {
    code: 'vulnerable',
    because: ['ecr:DescribeImages: imageScanFindingsSummary'],
    state: 'Nothing was changed.',
    next: ['--allow-vulnerable deploys it all the same'],
  })
}

/** The tag in an image's name, or the beginning of its digest: what a person calls it. */
export function shortName(image: string): string {
  const [name = image, digest] = image.split('@')
  const tag = /:([\w.-]+)$/.exec(name.slice(name.lastIndexOf('/')))?.[1]
  return tag ?? digest?.slice(7, 14) ?? image
}

export const digestOf = (image: string): string | undefined => /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1]

type Running = {
  service(): Promise<Pick<ServiceState, 'taskDefinition'>>
  taskDefinition(arn: string): Promise<Revision>
}

/** The image that serves production now. */
export async function runningImage(aws: Running, container: string): Promise<string> {
  const {definition} = await aws.taskDefinition((await aws.service()).taskDefinition)
  return definition.containerDefinitions.find(({name}) => name === container)?.image ?? ''
}

const SHOWN = 12

/** The newest images for a person to pick from: tag, age, digest, scan, and which one is live. */
export function imageChoices(images: Image[], live: string, now: Date): {name: string; short: string; value: string}[] {
  const newest = images.slice(0, SHOWN)
  const rows = newest.map(({tags, pushedAt, digest, scan}) => [
    tags.join(', '),
    `${age(now.getTime() - pushedAt.getTime())} ago`,
    digest.slice(7, 19),
    sayScan(scan),
    runs({tags, digest}, live) ? 'live' : '',
  ])
  return columns(rows).map((name, i) => ({name, short: newest[i]!.tags[0]!, value: newest[i]!.tags[0]!}))
}

/** By digest; an image that was deployed without one, by tag. */
const runs = ({tags, digest}: Pick<Image, 'tags' | 'digest'>, live: string): boolean =>
  digestOf(live) ? live.endsWith(digest) : tags.includes(shortName(live))

function sayScan({status, critical, high}: Scan): string {
  if (critical + high > 0)
    return [critical && `${critical} CRITICAL`, high && `${high} HIGH`].filter(Boolean).join(', ')
  return status === 'COMPLETE' || status === 'ACTIVE' ? 'no findings' : 'not scanned'
}
