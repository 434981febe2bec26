import type {Policy} from './https-only.js'
import type {LifecycleRule} from './lifecycle.js'

/** What Terraform's S3 backend needs, and where. */
export type Goal = {
  app: string
  bucket: string
  region: string
  /** Undefined: S3's own lock files are the only lock. */
  lockTable?: string
  account: string
  /** `aws`, or that of China or of the US government. */
  partition: string
  /** S3 is an emulator's, which is spoken to without encryption. */
  plainHttp?: boolean
}

export type BucketFacts = {
  versioning?: string
  encryption?: string
  publicAccess?: Record<string, boolean>
  policy?: Policy
  lifecycle: LifecycleRule[]
  /** No object was ever in it. */
  empty: boolean
}

export type TableFacts = {
  key: string[]
  active: boolean
  billing: string
  recovery: boolean
  deletionProtection: boolean
}

/** Every write may be carried out twice. False: AWS is not ready for it yet. */
export type BackendAws = {
  /** Where the bucket is; undefined when nobody has one of this name. */
  bucketRegion(account: string): Promise<string | undefined>
  bucketFacts(): Promise<BucketFacts>
  createBucket(): Promise<boolean>
  turnVersioningOn(): Promise<boolean>
  encryptBucket(): Promise<boolean>
  blockPublicAccess(): Promise<boolean>
  /** Read and written again in one go: what others have added since is not lost. */
  changePolicy(change: (policy: Policy | undefined) => Policy): Promise<boolean>
  changeLifecycle(change: (rules: LifecycleRule[]) => LifecycleRule[]): Promise<boolean>
} & TableAws

export type TableAws = {
  tableFacts(): Promise<TableFacts | undefined>
  createTable(): Promise<boolean>
  payPerRequest(): Promise<boolean>
  turnRecoveryOn(): Promise<boolean>
  protectTable(): Promise<boolean>
}

/** `wanted` where it is not what a new one gets. */
type Found = {right: boolean; is: string; wanted?: string}

/** One thing that has to be right. */
export type Check<Facts> = {
  id: string
  what: string
  wanted(goal: Goal): string
  /** What is there; undefined when it is missing. What is stricter than wanted is right. */
  find(facts: Facts, goal: Goal): Found | undefined
  make(aws: BackendAws, goal: Goal): Promise<boolean>
}
