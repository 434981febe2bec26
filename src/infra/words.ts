import type {Canvas} from '../events.js'

export const counted = (number: number, thing: string): string =>
  `${number} ${number === 1 ? thing : thing.replace(/(?<![aeiou])y$/, 'ie').replace(/$/, 's')}`

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

export const placeText = (place: {env: string; account: string; region: string}, {paint}: Canvas): string =>
  [paint.bold(place.env), place.account.replace(/(\d{4})(?=\d)/g, '$1-'), place.region].join(paint.dim(' · '))
