import type * as s3 from '@aws-sdk/client-s3'
import {ListObjectsV2$, ListObjectVersions$} from '@aws-sdk/client-s3'
import type {Account} from '../account.js'
import type {Handlers} from '../handlers.js'
import {digestOf} from '../inventory.js'
import {bucketOf, s3Error} from '../objects.js'
import {openStorage, type Version} from '../storage.js'

export const schemas = {ListObjectsV2$, ListObjectVersions$}

export const handlers: Handlers<typeof s3, typeof schemas> = {
  ListObjectsV2(input, account) {
    const {Prefix = '', Delimiter, StartAfter, ContinuationToken} = input
    const {versions} = bucketOf(openStorage(account).read(), input.Bucket)
    const live = sorted(versions).filter(({version, latest}) => latest && !version.marker)
    const after = ContinuationToken ? fromToken(ContinuationToken) : StartAfter
    const entries = grouped(live, Prefix, Delimiter).filter(({place}) => after === undefined || place > after)
    const {taken, last} = cut(entries, input.MaxKeys)
    const encode = encoder(input.EncodingType)
    return {
      ...echo(input, encode),
      StartAfter: StartAfter && encode(StartAfter),
      ContinuationToken,
      NextContinuationToken: last && Buffer.from(last.place).toString('base64'),
      IsTruncated: last !== undefined,
      KeyCount: taken.length,
      Contents: taken.flatMap(({one}) => (one ? [shape(one.version, encode)] : [])),
      CommonPrefixes: prefixes(taken, encode),
    }
  },
  ListObjectVersions(input, account) {
    const {Prefix = '', Delimiter, KeyMarker, VersionIdMarker} = input
    const {versions} = bucketOf(openStorage(account).read(), input.Bucket)
    const entries = following(grouped(sorted(versions), Prefix, Delimiter), KeyMarker, VersionIdMarker)
    const {taken, last} = cut(entries, input.MaxKeys)
    const encode = encoder(input.EncodingType)
    const found = taken.flatMap(({one}) => one ?? [])
    return {
      ...echo(input, encode),
      KeyMarker: encode(KeyMarker ?? ''),
      VersionIdMarker: VersionIdMarker ?? '',
      NextKeyMarker: last && encode(last.place),
      NextVersionIdMarker: last?.one?.version.id,
      IsTruncated: last !== undefined,
      Versions: found.filter(({version}) => !version.marker).map((one) => versionShape(one, account, encode)),
      DeleteMarkers: found.filter(({version}) => version.marker).map((one) => markerShape(one, account, encode)),
      CommonPrefixes: prefixes(taken, encode),
    }
  },
}

type Item = {version: Version; latest: boolean}

/** By key, the newest first. */
function sorted(versions: Version[]): Item[] {
  const newest = versions.toReversed().sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return newest.map((version, i) => ({version, latest: newest[i - 1]?.key !== version.key}))
}

/** A line of a list: an object, or all those whose keys are the same up to the delimiter. */
type Entry = {place: string; one?: Item}

function grouped(items: Item[], prefix: string, delimiter?: string): Entry[] {
  const entries: Entry[] = []
  for (const one of items) {
    const {key} = one.version
    if (!key.startsWith(prefix)) continue
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1
    if (end < 0) entries.push({place: key, one})
    else if (entries.at(-1)?.place !== key.slice(0, end + 1)) entries.push({place: key.slice(0, end + 1)})
  }
  return entries
}

function following(entries: Entry[], key?: string, id?: string): Entry[] {
  if (id && !key) throw s3Error('InvalidArgument', 400, 'A version-id marker cannot be specified without a key marker.')
  if (!key) return entries
  const at = id ? entries.findIndex(({place, one}) => place === key && one?.version.id === id) : -1
  return at >= 0 ? entries.slice(at + 1) : entries.filter(({place}) => place > key)
}

function cut(entries: Entry[], most = 1000) {
  const taken = entries.slice(0, Math.min(most, 1000))
  return {taken, last: taken.length && taken.length < entries.length ? taken.at(-1) : undefined}
}

function fromToken(token: string): string {
  const place = Buffer.from(token, 'base64').toString()
  if (Buffer.from(place).toString('base64') === token) return place
  throw s3Error('InvalidArgument', 400, 'The continuation token provided is incorrect')
}

type Encode = (text: string) => string

const encoder = (type?: string): Encode =>
  type === 'url' ? (text) => encodeURIComponent(text).replaceAll('%2F', '/') : (text) => text

type Asked = Pick<s3.ListObjectsV2CommandInput, 'Bucket' | 'Prefix' | 'Delimiter' | 'MaxKeys' | 'EncodingType'>

const echo = ({Bucket, Prefix = '', Delimiter, MaxKeys = 1000, EncodingType}: Asked, encode: Encode) => ({
  Name: Bucket,
  Prefix: encode(Prefix),
  Delimiter: Delimiter && encode(Delimiter),
  MaxKeys: Math.min(MaxKeys, 1000),
  EncodingType,
})

const prefixes = (entries: Entry[], encode: Encode) =>
  entries.filter(({one}) => !one).map(({place}) => ({Prefix: encode(place)}))

const shape = (version: Version, encode: Encode) => ({
  Key: encode(version.key),
  LastModified: new Date(version.at),
  ETag: version.etag,
  Size: version.size,
  StorageClass: 'STANDARD' as const,
})

const place = ({version, latest}: Item, {inventory}: Account) => ({
  VersionId: version.id,
  IsLatest: latest,
  Owner: {ID: digestOf(inventory.where.account)},
})

const versionShape = (one: Item, account: Account, encode: Encode): s3.ObjectVersion => ({
  ...shape(one.version, encode),
  ...place(one, account),
})

const markerShape = (one: Item, account: Account, encode: Encode): s3.DeleteMarkerEntry => ({
  Key: encode(one.version.key),
  LastModified: new Date(one.version.at),
  ...place(one, account),
})
