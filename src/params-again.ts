import type {Interfaces} from '@oclif/core'

type Flags = Record<string, {type: 'boolean' | 'option'}>

/**
 * A command as it was typed, to be typed again: its flags, and of its other words what `keep` makes of them. What came from the
 * environment comes from there again.
 */
export function typedAgain(
  command: string,
  raw: Interfaces.ParserOutput['raw'],
  flags: Flags,
  keep: (word: string) => string | undefined = (word) => word,
): string {
  const words = raw.flatMap((token) => {
    if (token.type === 'arg') return keep(token.input) ?? []
    if (flags[token.flag]?.type === 'option') return [`--${token.flag}`, token.input]
    return token.input.startsWith('--no-') ? token.input : `--${token.flag}`
  })
  return [command, ...words.map(quoted)].join(' ')
}

const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
