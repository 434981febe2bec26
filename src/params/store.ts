/** Parameter Store in fb's words: src/aws/ssm.ts produces these, the domain reads them. */

export type Kind = 'SecureString' | 'String' | 'StringList'

export type Tier = 'Standard' | 'Advanced' | 'Intelligent-Tiering'

/** A value as it was read, decrypted. */
export type Parameter = {name: string; type: Kind; value: string; version: number; modifiedAt: Date}

/** One of the hundred versions that the store keeps. `by` is an ARN. */
export type Version = {
  version: number
  at: Date
  by: string
  type: Kind
  tier: Tier
  keyId?: string
  description: string
  labels: string[]
}

export type Write = {
  name: string
  value: string
  type: Kind
  /** The version that is to be replaced; 0 makes a new parameter, and only if there is none. */
  previous: number
  tier?: Tier
  keyId?: string
  description?: string
  /** Only for new ones: the store takes no tags with a new version. */
  tags?: Record<string, string>
}

export type Written = {version: number; tier: Tier}

export type ReadStore = {
  /** By name, or by name and version or label; undefined when the store has none. */
  parameter(name: string, selector?: string): Promise<Parameter | undefined>
  /** Everything below a path, by name. */
  under(path: string): Promise<Parameter[]>
  /** Those of the names that the store has. */
  some(names: string[]): Promise<Parameter[]>
  /** What is known of each version but its value, oldest first; none when there is no such parameter. */
  versions(name: string): Promise<Version[]>
  /** The values of those versions, decrypted: one key that is gone fails them all. */
  values(name: string): Promise<Map<number, string>>
  /** Who changed what is below a path last: ARNs by name, of at most so many parameters. */
  authors(path: string, most: number): Promise<Record<string, string>>
}

/** So many parameters are deleted by one call (DeleteParameters, Names). */
export const REMOVED_AT_ONCE = 10

export type Store = ReadStore & {
  put(write: Write): Promise<Written>
  tag(name: string, tags: Record<string, string>): Promise<void>
  /** At most `REMOVED_AT_ONCE` of them. */
  remove(names: string[]): Promise<void>
}
