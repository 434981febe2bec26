import {saysSecret} from '../state/document/secret-names.js'
import type {Kind} from './store.js'

/** Compares two values without showing either: the beginning of a keyed hash that only this machine can make. */
export type Fingerprint = (value: string) => string

export const HIDDEN = '••••••'

type Url = {scheme: string; login: boolean; user: string; password: string; host: string; rest: string}

/** Of these the path is the name of a database; of others it may be a token. */
const DATABASES = /^(postgres(ql)?|mysql|mariadb|mongodb|redis|rediss|amqps?|mssql|sqlserver|cockroachdb)(\+\w+)*$/

const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d+)?(,[A-Za-z0-9.-]+(:\d+)?)*$/

/** A value as a URL, when it is certain which part is the password: one with an unescaped / or # in it is not. */
function urlOf(value: string): Url | undefined {
  const [, scheme, authority, rest] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\s]*)([^\s]*)$/i.exec(value) ?? []
  if (scheme === undefined || authority === undefined || rest === undefined || rest.includes('@')) return undefined
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  if (!HOST.test(host)) return undefined
  const [user = '', ...password] = authority.slice(0, Math.max(0, at)).split(':')
  return {scheme: scheme.toLowerCase(), login: at >= 0, user, password: password.join(':'), host, rest}
}

const pathOf = ({rest}: Url) => rest.replace(/[?#].*/, '')
const queryOf = ({rest}: Url) => /[?#].*/.exec(rest)?.[0] ?? ''

/** Of other schemes the whole may be the secret: age-secret://, ss://, vmess://. */
const PLACES = /^(https?|wss?|smtps?|ftps?|sftp|ldaps?|nats|kafka|s3|clickhouse)$/

const INLINE_SECRET = /(passw(or)?d|pwd|secret|token|api_?key)\s*=/i

/** Whether a value is a secret by its looks or by its name, however it is kept. */
export const looksSecret = (key: string, value: string): boolean =>
  saysSecret(key) || INLINE_SECRET.test(value) || /:\/\/[^/\s]*@/.test(value) || /-----BEGIN .*PRIVATE KEY/.test(value)

/** Whether what stands where a host belongs is one, and not a login without a host. */
function isPlace({scheme, login, host}: Url): boolean {
  if (!DATABASES.test(scheme) && !PLACES.test(scheme)) return false
  const [, name = '', port = '0'] = /^(.*?)(?::(\d+))?$/.exec(host.split(',')[0]!) ?? []
  return Number(port) < 65_536 && (login || /[.\]]/.test(name) || name === 'localhost')
}

/** The value without what nobody may see: of a URL scheme, host and database stay, of plain configuration all of it. */
export function masked(value: string, key: string, type: Kind): string {
  const url = urlOf(value)
  const secret = type === 'SecureString' || saysSecret(key)
  if (url && (!secret || isPlace(url))) return maskedUrl(url)
  return secret || value.includes('://') || INLINE_SECRET.test(value) ? HIDDEN : value
}

function maskedUrl(url: Url): string {
  const path = pathOf(url)
  const shown =
    path === '' || path === '/' ? path : DATABASES.test(url.scheme) && /^\/[\w.-]+$/.test(path) ? path : '/•••'
  return `${url.scheme}://${url.login ? '•••@' : ''}${url.host}${shown}${queryOf(url) ? '?•••' : ''}`
}

/** What differs between two values, in words that have neither of them: parts of a URL, or none that can be told. */
export function difference(before: string, after: string): string[] {
  if (before === after) return []
  const [old, now] = [urlOf(before), urlOf(after)]
  if (!old || !now) return before.trim() === after.trim() ? ['only white space'] : []
  const parts: [string, string, string][] = [
    ['scheme', old.scheme, now.scheme],
    ['user', old.user, now.user],
    ['password', old.password, now.password],
    ['host', old.host, now.host],
    [DATABASES.test(now.scheme) ? 'database' : 'path', pathOf(old), pathOf(now)],
    ['options', queryOf(old), queryOf(now)],
  ]
  return parts.filter(([, a, b]) => a !== b).map(([name]) => name)
}

export const sayDifference = (parts: string[]): string => (parts.length > 0 ? `${parts.join(', ')} changed` : '')
