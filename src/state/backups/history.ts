import {countResources, readDocument} from '../document/document.js'
import type {StateStore, Version} from '../store.js'
import {type Backup, inTurns, listBackups} from './backup.js'
import type {Reach} from './sources.js'

/** A state of the past that can be restored; `name` is what `fb state restore` takes. */
export type Entry = {
  kind: 'backup' | 'version'
  name: string
  at: Date
  /** The state Terraform reads now. */
  current: boolean
  /** The state was deleted at this time; there is nothing to restore in this entry. */
  deleted: boolean
  bytes: number
  /** Unknown when the bytes are no state that can be read, or too many to read them for a list. */
  serial?: number
  resources?: number
  by?: string
  why?: string
  label?: string
}

/** What S3 calls the one version of an object that it keeps while versioning is off. */
export const isUnversioned = ({kind, name}: Entry): boolean => kind === 'version' && name === 'null'

export const UNVERSIONED = 'Versioning of the bucket is off: S3 keeps no older state. fb state bootstrap turns it on.'

/** Larger versions are listed without being read, and no more than this in all: a list must not cost gigabytes. */
const READABLE = 5_000_000
const BUDGET = 50_000_000

/** What can be restored, newest first; `more` says whether there is older yet, `damaged` names spoilt backups. */
export type History = {entries: Entry[]; more: boolean; damaged: string[]}

/** Backups and S3 versions in one list. */
export async function readHistory({store, backups}: Pick<Reach, 'store' | 'backups'>, most: number): Promise<History> {
  const [taken, found] = await Promise.all([listBackups(backups, most + 1), store.versions(store.key, most + 1)])
  const versions = found.slice(0, most)
  const room = {bytes: BUDGET}
  const entries = await inTurns(versions, (version) => ofVersion(store, version, taken.backups, room))
  const all = [...taken.backups.map(ofBackup), ...entries].sort(newestFirst)
  return {entries: all.slice(0, most), more: all.length > most || found.length > most, damaged: taken.damaged}
}

/** S3 knows the time of a version to the second; the current state is the newest whatever its second. */
const newestFirst = (a: Entry, b: Entry): number => Number(b.current) - Number(a.current) || seconds(b) - seconds(a)

const seconds = ({at}: Entry): number => Math.floor(at.getTime() / 1000)

function ofBackup({name, manifest}: Backup): Entry {
  const {at, bytes, serial, resources, by, why, label} = manifest
  const facts = {bytes, serial, resources, by, why, label}
  return {kind: 'backup', name, at: new Date(at), current: false, deleted: false, ...facts}
}

type Room = {bytes: number}

async function ofVersion(store: StateStore, version: Version, backups: Backup[], room: Room): Promise<Entry> {
  const {versionId, at, bytes, latest, deleted} = version
  const entry = {kind: 'version' as const, name: versionId, at, current: latest && !deleted, deleted, bytes}
  if (deleted) return entry
  const copy = backups.find(({manifest}) => manifest.versionId === versionId)?.manifest
  return {...entry, ...(copy ? {serial: copy.serial, resources: copy.resources} : await read(store, version, room))}
}

async function read({objects, key}: StateStore, {versionId, bytes}: Version, room: Room): Promise<Partial<Entry>> {
  if (bytes > Math.min(READABLE, room.bytes)) return {}
  room.bytes -= bytes
  const stored = await objects.get(key, versionId)
  try {
    const document = stored && readDocument(stored.bytes, versionId)
    return document ? {serial: document.serial, resources: countResources(document)} : {}
  } catch {
    return {}
  }
}
