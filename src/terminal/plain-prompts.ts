import {createInterface} from 'node:readline'

import {Interrupted} from '../errors.js'
import {hidden} from './hidden.js'
import type {Prompts} from './prompts.js'
import {safeLine} from './safe.js'

/** The same questions on a terminal that cannot move its cursor (TERM=dumb): a line asked, a line answered. */
export function plainPrompts(terminal: NodeJS.WriteStream, ended: AbortSignal): Prompts {
  const ask = (question: string, withdrawn = ended) => answerOf(question, terminal, AbortSignal.any([ended, withdrawn]))
  return {
    confirm: async (message) => /^y(es)?$/i.test(await ask(`${message} (y/N) `)),
    async choose(message, choices, withdrawn) {
      const list = choices.map(({name}, i) => `${String(i + 1).padStart(3)}) ${safeLine(name)}\n`)
      terminal.write(`${message}\n${list.join('')}`)
      for (;;) {
        const picked = choices[Number(await ask(`1 to ${choices.length}: `, withdrawn)) - 1]
        if (picked) return picked.value
      }
    },
    typeName: async (message, name, withdrawn) =>
      (await ask(`${message} Type "${name}" to go on: `, withdrawn)) === name,
    hidden: (message) => hidden(message, terminal, ended, {brackets: false}),
  }
}

function answerOf(question: string, output: NodeJS.WriteStream, over: AbortSignal): Promise<string> {
  const lines = createInterface({input: process.stdin, output, terminal: false})
  const interrupted = new Interrupted('Interrupted.', {code: 'interrupted', state: 'Nothing was changed.'})
  return new Promise((resolve, reject) => {
    const leave = () => reject(interrupted)
    process.once('SIGINT', leave)
    const close = () => lines.close()
    over.addEventListener('abort', close, {once: true})
    if (over.aborted) close()
    lines.once('close', () => {
      over.removeEventListener('abort', close)
      process.off('SIGINT', leave)
      leave()
    })
    lines.question(question, (line) => {
      resolve(line.trim())
      lines.close()
    })
  })
}
