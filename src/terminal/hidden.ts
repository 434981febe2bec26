import {StringDecoder} from 'node:string_decoder'

import {Interrupted, UsageError} from '../errors.js'

const PASTE = {on: '\u001b[?2004h', off: '\u001b[?2004l', begin: '\u001b[200~', end: '\u001b[201~'}

/** Reads a line from the terminal and shows nothing of it. With `brackets` a paste may have line breaks in it. */
export function hidden(
  message: string,
  output: NodeJS.WriteStream,
  ended: AbortSignal,
  {brackets = true} = {},
): Promise<string> {
  const input = process.stdin
  const decoder = new StringDecoder('utf8')
  const typed = new Typed()
  // Before a person sees that it is their turn: from here on nothing that is typed is shown.
  input.setRawMode(true)
  output.write(`${brackets ? PASTE.on : ''}${message} `)
  input.resume()
  return new Promise<string>((resolve, reject) => {
    const end = (settle: () => void) => {
      input.off('data', listen)
      input.off('end', leave)
      ended.removeEventListener('abort', leave)
      input.setRawMode(false)
      input.pause()
      output.write(`${brackets ? PASTE.off : ''}\n`)
      settle()
    }
    const leave = () => end(() => reject(interrupted()))
    const listen = (chunk: Buffer) => {
      const state = typed.take(decoder.write(chunk))
      if (state === 'left') leave()
      else if (state === 'torn') end(() => reject(severalLines()))
      else if (state === 'done') end(() => resolve(typed.text))
    }
    input.on('data', listen)
    input.once('end', leave)
    ended.addEventListener('abort', leave)
    if (ended.aborted) leave()
  })
}

/** What was typed so far: keys that edit it, and pastes, between the marks that a terminal puts around them. */
export class Typed {
  text = ''
  private pasting = false
  private rest = ''

  /** `torn`: something came after the end of the line, which would be taken for the next answer. */
  take(chunk: string): 'more' | 'done' | 'left' | 'torn' {
    this.rest += chunk
    while (this.rest !== '') {
      const key = nextKey(this.rest)
      if (key === undefined) return 'more'
      this.rest = this.rest.slice(key.length)
      if (key === PASTE.begin || key === PASTE.end) this.pasting = key === PASTE.begin
      else if (this.pasting) this.text += key.replace(/\r\n?/, '\n')
      else if (key === '\r' || key === '\n' || key === '\r\n') return this.rest === '' ? 'done' : 'torn'
      else if (key === '\u0003' || (key === '\u0004' && this.text === '')) return 'left'
      else this.edit(key)
    }
    return 'more'
  }

  private edit(key: string): void {
    if (key === '\u007f' || key === '\b') this.text = [...this.text].slice(0, -1).join('')
    else if (key === '\u0015') this.text = ''
    else if (!/^[\u0000-\u0008\u000b-\u001f]/.test(key)) this.text += key
  }
}

/** One character, or one whole sequence of a key; undefined when the rest of it has yet to come. */
function nextKey(text: string): string | undefined {
  if (text.startsWith('\r\n')) return '\r\n'
  if (!text.startsWith('\u001b')) return [...text][0]
  if (text === '\u001b' || text === '\u001b[') return undefined
  const sequence = /^\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O[@-~]|[^[O])/.exec(text)?.[0]
  return sequence ?? (text.length > 20 ? '\u001b' : undefined)
}

const interrupted = () => new Interrupted('Interrupted.', {code: 'interrupted', state: 'Nothing was changed.'})

const severalLines = () =>
  new UsageError('This terminal pastes several lines as several answers.', {
    code: 'several_lines',
    state: 'Nothing was changed.',
    next: ['KEY=@FILE', '--stdin'],
  })
