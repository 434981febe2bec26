import {Interrupted} from '../errors.js'

export type Choice<T> = {name: string; value: T; description?: string; disabled?: string | false}

/** inquirer, loaded when the first question is asked. It draws on stderr: stdout is the result. */
async function ask<T>(question: object): Promise<T> {
  const {default: inquirer} = await import('inquirer')
  const prompt = inquirer.createPromptModule({input: process.stdin, output: process.stderr})
  try {
    const {answer} = (await prompt([{name: 'answer', ...question} as never])) as {answer: T}
    return answer
  } catch (error) {
    if ((error as Error).name !== 'ExitPromptError') throw error
    throw new Interrupted('Interrupted.', {code: 'interrupted', state: 'Nothing was changed.'})
  }
}

export const confirm = (message: string): Promise<boolean> => ask({type: 'confirm', message, default: false})

export const choose = <T>(message: string, choices: Choice<T>[]): Promise<T> =>
  ask({type: 'select', message, choices, pageSize: 12, loop: false})

/** Asks a person to type `name`; anything else is a no. */
export const typeName = async (message: string, name: string): Promise<boolean> =>
  (await ask<string>({type: 'input', message: `${message} Type "${name}" to go on:`})).trim() === name
