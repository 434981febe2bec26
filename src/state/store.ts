import type {Fingerprint} from '../fingerprint.js'

/** An object of the bucket, whole. */
export type Stored = {bytes: Buffer; etag: string; versionId?: string; at: Date}

/** One version of an object; a deleted one is the mark that stands for "it is gone since". */
export type Version = {versionId: string; at: Date; bytes: number; latest: boolean; deleted: boolean}

/** Where objects are kept: S3, or a directory of this machine. */
export type Objects = {
  /** `s3://bucket/` or the directory, in front of keys when a person is told. */
  place: string
  get(key: string, versionId?: string): Promise<Stored | undefined>
  /** Reads it from beginning to end without keeping it: a backup counts only when it came back. */
  fingerprint(key: string, versionId?: string): Promise<Fingerprint | undefined>
  /** Writes a new object; one that is there is never replaced. */
  add(key: string, bytes: Buffer, options?: {kmsKey?: string}): Promise<void>
  remove(keys: string[]): Promise<void>
  list(prefix: string): Promise<string[]>
}

/** A lock as Terraform knows it: `info` is the JSON that says who holds it. */
export type Lock = {
  /** What a person can look at: `DynamoDB table terraform-locks`. */
  name: string
  read(): Promise<string | undefined>
  /** False when somebody holds it. */
  take(info: string): Promise<boolean>
  /** Frees it if it is still held with this `info`; false when it is not. */
  free(info: string): Promise<boolean>
}

/** One environment's state where Terraform keeps it, and what belongs to it. */
export type StateStore = {
  key: string
  /** The bucket and the key, as locks name a state. */
  path: string
  objects: Objects
  /** What the keys of its backups begin with, in the same bucket. */
  backups: string
  /** The newest versions of an object, newest first. */
  versions(key: string, most: number): Promise<Version[]>
  /** Replaces the state that has this etag (none: there was no state). False when it is another one by now. */
  replace(bytes: Buffer, etag: string | undefined): Promise<boolean>
  /** Every lock a writer must hold, in the order in which Terraform takes them. */
  locks: Lock[]
  /** Locks that fb.yml does not ask for: whoever has another fb.yml may hold one of them. */
  others: Lock[]
  /** The MD5 that Terraform compares the state with; it compares nothing when there is none. */
  digest(): Promise<string | undefined>
  setDigest(md5: string | undefined): Promise<void>
}
