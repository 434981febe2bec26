import type {Change} from './change.js'
import {readDescription} from './reason.js'

/** A key is known by its id and by its ARN. Which one an alias means, only KMS knows. */
export const sameKey = (a: string | undefined, b: string | undefined): boolean => idOf(a) === idOf(b)

const idOf = (key = '') => key.replace(/^arn:.*:key\//, '')

const isAlias = (key: string) => /^(arn:.*:)?alias\//.test(key)

/** What a parameter gets besides its value, in words. */
export function besideValue({before, keyId, tier, description}: Change): string[] {
  if (!before) return []
  const [was, is] = [before.description, description].map((text) => readDescription(text).description)
  return [
    ...(keyId !== undefined && !sameKey(before.keyId, keyId) ? [sayKeys(before.keyId ?? 'unknown', keyId)] : []),
    ...(tier !== undefined && tier !== before.tier ? [`tier ${before.tier ?? 'unknown'} → ${tier}`] : []),
    ...(was === is ? [] : ['another description']),
  ]
}

const sayKeys = (was: string, is: string) =>
  `KMS key ${was} → ${is}${isAlias(was) || isAlias(is) ? ' (an alias may mean the same key)' : ''}`
