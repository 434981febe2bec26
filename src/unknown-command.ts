import {nearest} from './config/nearest.js'
import {UsageError} from './errors.js'

/**
 * Nothing is called that: what may have been meant. `typed` and the known ids are words joined by colons. Only the first word that
 * leads nowhere is repeated, for the ones after it may be values.
 */
export function unknownCommand(typed: string, ids: string[]): UsageError {
  if (typed.startsWith('-')) {
    return new UsageError('Which command? Flags come after it.', {code: 'command_missing', next: ['fb --help']})
  }
  const words = typed.split(':')
  const known = words.findIndex((_, i) => !ids.some((id) => isWithin(id, words.slice(0, i + 1))))
  const topic = words.slice(0, known)
  const word = words[known] ?? ''
  if (ids.includes(topic.join(':'))) return noArguments(['fb', ...topic].join(' '))
  const near = suggestions(topic, word, ids)
  const help = ['fb', ...topic, '--help'].join(' ')
  return new UsageError(`There is no command ${JSON.stringify(['fb', ...topic, word.slice(0, 40)].join(' '))}.`, {
    code: 'unknown_command',
    because: near.length > 0 ? [`Did you mean ${near.join(' or ')}?`] : [],
    next: near.length === 1 ? [near[0]!, help] : [help],
  })
}

const noArguments = (command: string) =>
  new UsageError(`${command} takes flags only.`, {code: 'unexpected_argument', next: [`${command} --help`]})

const isWithin = (id: string, words: string[]) => `${id}:`.startsWith(`${words.join(':')}:`)

/** The nearest words at this place; else the commands elsewhere that end in this word: `fb reset` is `fb sandbox reset`. */
function suggestions(topic: string[], word: string, ids: string[]): string[] {
  const here = ids
    .filter((id) => topic.length === 0 || isWithin(id, topic))
    .map((id) => id.split(':')[topic.length] ?? '')
  const near = nearest(word, new Set(here.filter(Boolean))).map((match) => [...topic, match])
  const elsewhere = ids.map((id) => id.split(':')).filter((words) => words.length > 1 && words.at(-1) === word)
  return (near.length > 0 ? near : elsewhere).map((words) => ['fb', ...words].join(' '))
}
