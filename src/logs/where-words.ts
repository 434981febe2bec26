import {misplaced, type Within} from './pattern.js'

export type Token = {kind: 'word' | 'text' | 'sign' | 'end'; value: string; at: number}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*"|'[^']*')|(!?~~?=|[<>]=?|!=|==?|&&|\|\||!|[(),])|([^\s"'()<>=!~,&|]+))/y

/** A condition's words, quoted texts and signs, one after the other. */
export class Words {
  private next: Token
  private index = 0
  constructor(readonly source: string) {
    this.next = this.read()
  }

  peek(): Token {
    return this.next
  }

  take(): Token {
    const token = this.next
    this.next = this.read()
    return token
  }

  /** Takes the next token when it is one of these words or signs. */
  takes(...values: string[]): boolean {
    const {kind, value} = this.next
    const here = kind !== 'text' && values.includes(value.toLowerCase())
    if (here) this.take()
    return here
  }

  refuse(reason: string, at = this.next.at): never {
    throw misplaced(`${reason}.`, this.source, at, 'bad_where')
  }

  /** For what is wrong within a token's value. */
  within({kind, at}: Token): Within {
    const {source} = this
    return {whole: source, placeOf: (place) => (kind === 'text' ? placeInQuotes(source, at, place) : at + place)}
  }

  private read(): Token {
    TOKEN.lastIndex = this.index
    const found = TOKEN.exec(this.source)
    if (!found) {
      const at = this.index + /^\s*/.exec(this.source.slice(this.index))![0].length
      if (at < this.source.length)
        this.refuse(
          /["']/.test(this.source[at]!) ? 'the quote has no end' : `"${this.source[at]}" means nothing here`,
          at,
        )
      return {kind: 'end', value: 'the end', at}
    }
    this.index = TOKEN.lastIndex
    const [, text, sign, word] = found
    const value = text ? unquoted(text) : (sign ?? word)!
    return {kind: text ? 'text' : sign ? 'sign' : 'word', value, at: this.index - (text ?? sign ?? word)!.length}
  }
}

/** In double quotes a backslash stands before a quote or a backslash that is meant; elsewhere it is one, as in `"\d+"`. */
const ESCAPE = /\\(["\\])/g

const unquoted = (text: string) => (text[0] === '"' ? text.slice(1, -1).replace(ESCAPE, '$1') : text.slice(1, -1))

/** Where a place of a quoted value is in the source, in which escapes take two places. */
function placeInQuotes(source: string, quote: number, place: number): number {
  let at = quote + 1
  for (let left = place; left > 0; left--) at += source[quote] === '"' && /^\\["\\]/.test(source.slice(at)) ? 2 : 1
  return at
}
