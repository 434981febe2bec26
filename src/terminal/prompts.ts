import inquirer from 'inquirer'

import {clip, widthOf, wrapped} from '../columns.js'
import {Interrupted} from '../errors.js'
import type {Canvas} from '../events.js'
import {hidden} from './hidden.js'
import {safeLine} from './safe.js'

export type Choice<T> = {name: string; value: T; short?: string}

export type Prompts = {
  confirm(message: string): Promise<boolean>
  /** The signal takes the question away. */
  choose<T>(message: string, choices: Choice<T>[], withdrawn?: AbortSignal): Promise<T>
  /** Asks a person to type `name`; anything else is a no. */
  typeName(message: string, name: string, withdrawn?: AbortSignal): Promise<boolean>
  /** A value that is not shown; a paste of several lines is one value. */
  hidden(message: string): Promise<string>
}

/** Lines of a list besides its choices: the question, the keys, the cursor. */
const AROUND = 5

/** Columns of the mark before a question, and of what follows one that is answered by a letter. */
const MARK = 2
const YES_OR_NO = ' (y/N) y '.length

/** inquirer on stderr: stdout is the result. */
export function prompts(terminal: NodeJS.WriteStream, canvas: () => Canvas, ended: AbortSignal): Prompts {
  const ask = async <T>(question: {message: string}, say: (answer: T) => string, withdrawn = ended): Promise<T> => {
    const over = AbortSignal.any([ended, withdrawn])
    const answer = await answerOf<T>({...question, theme: themeOf(canvas())}, terminal, over)
    const {paint} = canvas()
    terminal.write(`${paint.good('✔')} ${paint.bold(question.message)} ${paint.accent(say(answer))}\n`)
    return answer
  }
  /** Broken at words, with room for the answer in the last line: the terminal itself would break a word. */
  const atWords = (message: string, room: number) => wrapped(message, canvas().width - MARK - room, MARK).join('\n')
  return {
    confirm: (message) =>
      ask({type: 'confirm', message: atWords(message, YES_OR_NO), default: false} as never, (yes) =>
        yes ? 'yes' : 'no',
      ),
    choose<T>(message: string, choices: Choice<T>[], withdrawn?: AbortSignal): Promise<T> {
      const {width} = canvas()
      const shown = choices.map((choice) => ({...choice, name: clip(safeLine(choice.name), width - 3)}))
      const pageSize = Math.max(2, Math.min(12, (terminal.rows || 24) - AROUND))
      const say = (answer: T) => {
        const {short, name} = choices.find(({value}) => value === answer)!
        return safeLine(short ?? name)
      }
      return ask(
        {type: 'select', message: atWords(message, 0), choices: shown, pageSize, loop: false} as never,
        say,
        withdrawn,
      )
    },
    async typeName(message, name, withdrawn) {
      const {width} = canvas()
      const typing = `Type "${name}" to go on:`
      const room = widthOf(name) + 2
      const fits = MARK + widthOf(`${message} ${typing}`) + room <= width
      const below = wrapped(' '.repeat(MARK) + typing, width - room, MARK).join('\n')
      const asked = fits ? `${message} ${typing}` : `${atWords(message, 0)}\n${below}`
      return (await ask<string>({message: asked}, (typed) => typed, withdrawn)).trim() === name
    },
    hidden: (message) => hidden(`${canvas().paint.accent('?')} ${canvas().paint.bold(message)}`, terminal, ended),
  }
}

/** The question is gone from the screen when it is answered, and also when it is not: nothing is left half drawn. */
async function answerOf<T>(question: object, output: NodeJS.WriteStream, over: AbortSignal): Promise<T> {
  const gone = new AbortController()
  const signal = AbortSignal.any([gone.signal, over])
  const prompt = inquirer.createPromptModule({output, clearPromptOnDone: true, signal})
  // Ctrl-D closes the input, and nothing else would ever settle the question.
  const closed = () => gone.abort()
  process.stdin.once('pause', closed)
  try {
    const {answer} = (await prompt([{type: 'input', name: 'answer', ...question} as never])) as {answer: T}
    return answer
  } catch (error) {
    if (!/^(ExitPrompt|AbortPrompt)Error$/.test((error as Error).name)) throw error
    throw new Interrupted('Interrupted.', {code: 'interrupted', state: 'Nothing was changed.'})
  } finally {
    process.stdin.off('pause', closed)
  }
}

/** inquirer takes its colours from stdout and the environment; a question is drawn on stderr, and --no-color is a flag. */
function themeOf({paint: {bold, dim, accent, good, bad}}: Canvas) {
  return {
    prefix: {idle: accent('?'), done: good('✔')},
    style: {
      message: bold,
      answer: accent,
      highlight: accent,
      help: dim,
      defaultAnswer: (text: string) => dim(`(${text})`),
      error: (text: string) => bad(text),
      key: bold,
      keysHelpTip: (keys: [string, string][]) => dim(keys.map(([key, action]) => `${key} ${action}`).join(' · ')),
    },
  }
}
