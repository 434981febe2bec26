import type * as s3 from '@aws-sdk/client-s3'
import {AbortMultipartUpload$, CompleteMultipartUpload$, CreateMultipartUpload$, UploadPart$} from '@aws-sdk/client-s3'
import {checksumsOf, verify} from '../checksums.js'
import type {Handlers} from '../handlers.js'
import {
  add,
  bucketOf,
  checkWrite,
  encrypted,
  encryptionFor,
  etagOf,
  etagOfParts,
  newVersionId,
  s3Error,
  sameTag,
  secondOf,
  written,
} from '../objects.js'
import {type Bucket, openStorage, type Part, type Upload} from '../storage.js'

export const schemas = {AbortMultipartUpload$, CompleteMultipartUpload$, CreateMultipartUpload$, UploadPart$}

/** Terraform and the AWS CLI send what is larger than a few megabytes in parts. */
export const handlers: Handlers<typeof s3, typeof schemas> = {
  CreateMultipartUpload: (input, account) =>
    openStorage(account).update((facts) => {
      const bucket = bucketOf(facts, input.Bucket)
      const encryption = encryptionFor(account, bucket, input)
      const UploadId = newVersionId()
      const upload = {key: input.Key!, type: input.ContentType, metadata: input.Metadata, encryption, parts: {}}
      bucket.uploads = {...bucket.uploads, [UploadId]: upload}
      const {Bucket, Key, ChecksumAlgorithm, ChecksumType} = input
      return {Bucket, Key, UploadId, ChecksumAlgorithm, ChecksumType, ...encrypted(encryption)}
    }),
  UploadPart(input, account) {
    const bytes = (input.Body ?? Buffer.alloc(0)) as Buffer
    verify(bytes, input)
    const storage = openStorage(account)
    return storage.update((facts) => {
      const {parts, encryption} = uploadOf(bucketOf(facts, input.Bucket), input)
      const etag = etagOf(bytes, {algorithm: 'AES256'})
      parts[input.PartNumber!] = {body: storage.keep(bytes), size: bytes.length, etag}
      return {ETag: etag, ...checksumsOf(input), ...encrypted(encryption!)}
    })
  },
  CompleteMultipartUpload(input, account) {
    const storage = openStorage(account)
    return storage.update((facts) => {
      const bucket = bucketOf(facts, input.Bucket)
      const {parts, ...content} = uploadOf(bucket, input)
      const chosen = partsOf(parts, input.MultipartUpload?.Parts ?? [])
      checkWrite(bucket, input.Key!, input)
      const bytes = Buffer.concat(chosen.map(({body}) => storage.body(body)))
      const etag = etagOfParts(chosen.map((part) => part.etag))
      const place = {at: secondOf(account), body: storage.keep(bytes), size: bytes.length, etag}
      const version = add(bucket, {...content, ...place})
      delete bucket.uploads![input.UploadId!]
      const {Bucket, Key} = input
      return {Bucket, Key, Location: `/${Bucket}/${Key}`, ETag: etag, ...written(version)}
    })
  },
  AbortMultipartUpload: (input, account) =>
    openStorage(account).update((facts) => {
      const bucket = bucketOf(facts, input.Bucket)
      uploadOf(bucket, input)
      delete bucket.uploads![input.UploadId!]
      return {}
    }),
}

function uploadOf({uploads = {}}: Bucket, {Key, UploadId = ''}: {Key?: string; UploadId?: string}): Upload {
  const upload = Object.hasOwn(uploads, UploadId) ? uploads[UploadId] : undefined
  if (upload?.key === Key) return upload!
  const what = 'The upload ID may be invalid, or the upload may have been aborted or completed.'
  throw s3Error('NoSuchUpload', 404, `The specified upload does not exist. ${what}`, {UploadId})
}

const smallest = 5 * 1024 * 1024

function partsOf(parts: Upload['parts'], wanted: s3.CompletedPart[]): Part[] {
  if (wanted.some(({PartNumber}, i) => i > 0 && PartNumber! <= wanted[i - 1]!.PartNumber!))
    throw s3Error('InvalidPartOrder', 400, 'The list of parts was not in ascending order.')
  const chosen = wanted.map(({PartNumber, ETag}) => {
    const part = parts[PartNumber!]
    if (part && ETag && sameTag(ETag, part.etag)) return part
    throw s3Error('InvalidPart', 400, 'One or more of the specified parts could not be found.', {PartNumber})
  })
  if (chosen.length === 0) throw s3Error('MalformedXML', 400, 'You must specify at least one part')
  if (chosen.slice(0, -1).some(({size}) => size < smallest))
    throw s3Error('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size')
  return chosen
}
