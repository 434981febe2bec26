/** C0 except newline and tab, DEL, C1, zero-width, bidi and line separators: what could forge or hide text on a terminal. */
const DANGEROUS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

const escapeOne = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The colours fb itself uses (bold, dim, five colours and their ends); they change how text looks and nothing else. */
const COLOUR = /\u001b\[(?:1|2|22|3[1-46]|39)m/
const COLOUR_OR_DANGEROUS = new RegExp(`${COLOUR.source}|${DANGEROUS.source}`, 'g')

/** Text from outside made harmless for a terminal: escaped, not stripped, so that the evidence stays. `colours` lets fb's own through. */
export function safe(text: string, {colours = false} = {}): string {
  if (!colours || !text.includes('\u001b')) return text.replace(DANGEROUS, escapeOne)
  return text.replace(COLOUR_OR_DANGEROUS, (found) => (found.length > 1 ? found : escapeOne(found)))
}

/** The same for one line: newlines and tabs are escaped too. */
export const safeLine = (text: string): string =>
  /^[ -~]*$/.test(text) ? text : safe(text).replace(/\n/g, '\\n').replace(/\t/g, ' ')

/** JSON in which those characters are `\u` escapes, so that printing the document is harmless too. */
export const safeJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(DANGEROUS, escapeOne)
