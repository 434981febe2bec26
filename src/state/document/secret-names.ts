const SECRET =
  /passw(or)?d|passphrase|secret|^(pass|pwd|dsn|plaintext)$|tokens?$|credentials?$|(api|access|auth|private)key$/

/** A key is a secret with one of these in front: a public key is none, and a KMS key is a place. */
const KEYS = new Set(
  'access api auth crypt encryption fernet jwt preshared private secret session shared signing'.split(' '),
)

/** What follows a secret's name when the value only tells something about it. */
const ABOUT = new Set(
  `age arn arns at count date days enabled encryption endpoint expiration expiry expression file format from hours id ids
   length lifetime limit location method methods minutes mode name names option options parameter path policy prefix
   prevention provider region required requirements rotation seconds settings size source status strategy ttl type types
   units uri url user username valid validity version`.split(/\s+/),
)

/** Tokens that protect nothing: AWS tells a repeated request, or a newer version, by them. */
const HARMLESS = /(^|_)(creation|dkim|lock|next|update|verification|version)_tokens?$|^(max|min)_/

/** Scripts that a machine starts with: mostly they have a login in them somewhere. */
const SCRIPT = /^(user|custom)_data(_base64)?$/

/** Whether a name says that its value is a secret: `DB_PASSWORD` does, `secret_arn` and `password_length` do not. */
export function saysSecret(name: string): boolean {
  const words = wordsOf(name)
  if (tellsAbout(words) || HARMLESS.test(words.join('_'))) return false
  if (SCRIPT.test(words.join('_'))) return true
  return words.some((word, i) => SECRET.test(word) || (/^keys?$/.test(word) && KEYS.has(words[i - 1] ?? '')))
}

/** Whether a name, of something within a secret, says that its value is none: the `name` of a credential. */
export const saysPlain = (name: string): boolean => tellsAbout(wordsOf(name))

const tellsAbout = (words: string[]) => ABOUT.has(words.at(-1) ?? '') && !/^secret_ids?$/.test(words.join('_'))

/** The last part of a path or of a policy's condition key, as words: `token.actions.githubusercontent.com:aud` is `aud`. */
export const wordsOf = (name: string): string[] =>
  name
    .slice(Math.max(name.lastIndexOf(':'), name.lastIndexOf('/')) + 1)
    .replace(/([a-z0-9])(?=[A-Z])/g, '$1_')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
