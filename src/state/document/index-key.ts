/** What tells the instances apart that count (a number) or for_each (a text) made. */
export type IndexKey = string | number

const ESCAPES: Record<string, string> = {'\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\'}

/** What Go prints as it is: letters, marks, numbers, punctuation, symbols, and of all spaces the one. */
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu

/** An index as Terraform writes it in an address: `0`, `"v1"`. */
export function indexText(key: IndexKey): string {
  if (typeof key === 'number') return String(key)
  const text = key
    .replace(/["\\\n\r\t]/g, (character) => ESCAPES[character]!)
    .replace(UNPRINTABLE, escapeOne)
    .replace(/[$%](?=\{)/g, '$&$&')
  return `"${text}"`
}

function escapeOne(character: string): string {
  const code = character.codePointAt(0)!.toString(16)
  return character.length === 1 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`
}

/** The reverse. Quotes that a shell has eaten are added again. */
export function indexKey(text: string): IndexKey {
  if (/^\d+$/.test(text)) return Number(text)
  if (!text.startsWith('"')) return text
  const json = text.replace(/\\U([0-9a-f]{8})/gi, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
  return (JSON.parse(json) as string).replace(/([$%])\1(?=\{)/g, '$1')
}
