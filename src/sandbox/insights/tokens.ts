import {MalformedQueryException} from '@aws-sdk/client-cloudwatch-logs'
import {saying} from '../handlers.js'

export type Token = {text: string; kind: 'string' | 'regex' | 'word' | 'sign'; at: number}

const token =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\/(?:[^/\\\n]|\\.)+\/)|([@\w.*`-]+)|(!=|>=|<=|=~|[=<>()[\],|]))/y

/** The tokens of a CloudWatch Logs Insights query; comments begin with #. */
export class Tokens {
  private readonly all: Token[]
  private place = 0

  constructor(private readonly query: string) {
    this.all = tokensOf(query)
  }

  get next(): Token | undefined {
    return this.all[this.place]
  }

  take(): Token {
    const found = this.all[this.place++]
    if (!found) throw malformed(this.query, this.query.length, 'unexpected end of query')
    return found
  }

  /** Takes the next token if it is this word or sign, whatever its case. */
  took(text: string): boolean {
    const found = this.next?.kind !== 'string' && this.next?.text.toLowerCase() === text
    if (found) this.place++
    return found
  }

  expect(text: string): void {
    if (!this.took(text)) throw this.unexpected()
  }

  unexpected(): Error {
    const {at, text} = this.next ?? {at: this.query.length, text: ''}
    return malformed(this.query, at, text ? `unexpected symbol found ${text}` : 'unexpected end of query')
  }

  word(): string {
    if (this.next?.kind !== 'word') throw this.unexpected()
    return this.take().text.replaceAll('`', '')
  }

  /** One or more, with commas between them. */
  list<T>(one: () => T): T[] {
    const found = [one()]
    while (this.took(',')) found.push(one())
    return found
  }
}

function tokensOf(query: string): Token[] {
  const text = query.replace(/^\s*#.*$/gm, (comment) => ' '.repeat(comment.length))
  const found: Token[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.trimEnd().length) {
    const start = token.lastIndex
    const match = token.exec(text)
    if (!match) throw malformed(query, start, `unexpected symbol found ${text.slice(start).trimStart()[0]}`)
    const [, string, regex, word, sign] = match
    const at = token.lastIndex - (string ?? regex ?? word ?? sign)!.length
    if (string) found.push({kind: 'string', text: string.slice(1, -1).replace(/\\(.)/g, '$1'), at})
    else if (regex) found.push({kind: 'regex', text: regex.slice(1, -1), at})
    else found.push(word ? {kind: 'word', text: word, at} : {kind: 'sign', text: sign!, at})
  }
  return found
}

export function malformed(query: string, at: number, message: string): MalformedQueryException {
  const location = {startCharOffset: at, endCharOffset: Math.min(query.length, at + 1)}
  return new MalformedQueryException({...saying(message), queryCompileError: {location, message}})
}
