import {saysSecret} from './secret-names.js'

/** Stands in the place of a value that nobody may see. */
export const SENSITIVE = '(sensitive)'

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY/
const URL_LOGIN = /(:\/\/)[^\s@/"'<>]+(?=@)/g
const BASIC_LOGIN = /\b(Basic) +(?=\S*\d)[\w.~+/=-]{16,}/g
// Whatever it looks like: the word stands in front of hardly anything but a token.
const BEARER = /\b(Bearer)( +|%20)(?!tokens?\b|auth)[\w.~+/=-]{6,}/gi
// Looking behind keeps it from trying every letter of a long word as a beginning.
const ASSIGNMENT = /(?<![\w.-])([\w.-]+)(\s?=\s?)("[^"]*"|'[^']*'|[^\s"'&;,]+)/g
const YAML_LINE = /^([ \t-]*)([A-Za-z][\w.-]*)(:[ \t]+)(\S.*)$/gm

/** A text without the secrets in it. One that is JSON is given to `visit`, and comes back as it was unless that hid something. */
export function maskedText(text: string, visit: (value: unknown) => unknown): string {
  const value = jsonIn(text)
  if (value !== undefined) {
    const [before, after] = [JSON.stringify(value), JSON.stringify(visit(value))]
    return before === after ? text : after
  }
  if (PRIVATE_KEY.test(text)) return SENSITIVE
  const masked = text
    .replace(URL_LOGIN, `$1${SENSITIVE}`)
    .replace(BASIC_LOGIN, `$1 ${SENSITIVE}`)
    .replace(BEARER, `$1$2${SENSITIVE}`)
    .replace(ASSIGNMENT, (whole, name, sign, value) => (isSecret(name, value) ? `${name}${sign}${SENSITIVE}` : whole))
  if (!text.includes('\n')) return masked
  return masked.replace(YAML_LINE, (whole, indent, name, sign, value) =>
    isSecret(name, value) ? `${indent}${name}${sign}${SENSITIVE}` : whole,
  )
}

const isSecret = (name: string, value: string) => saysSecret(name) && !/^["']?arn:aws/.test(value)

/** What a text holds as JSON, unless it is a bare word or number. */
export function jsonIn(text: string): unknown {
  if (!/^\s*["{[]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
