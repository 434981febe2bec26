import {nearest} from '../config/nearest.js'
import {NotFound} from '../errors.js'
import {keyOf, nameOf, selected} from './names.js'
import type {Parameter, ReadStore} from './store.js'

export type Got = {key: string; parameter: Parameter}

/** The parameters of `KEY`, `KEY@VERSION` and `KEY@LABEL`; one that is not there names those that are. */
export const getParameters = (store: ReadStore, texts: string[], path: string): Promise<Got[]> =>
  Promise.all(
    texts.map(async (text) => {
      const {key, selector} = selected(text)
      const parameter = await store.parameter(nameOf(key, path), selector)
      if (!parameter) throw await notThere(store, key, selector, path)
      return {key: text, parameter}
    }),
  )

async function notThere(store: ReadStore, key: string, selector: string | undefined, path: string): Promise<NotFound> {
  const name = nameOf(key, path)
  if (selector !== undefined && (await store.parameter(name)))
    return new NotFound(`${key} has no version or label of that name.`, {
      code: 'no_version',
      next: [`fb params history ${key}`],
    })
  return noParameter(
    key,
    (await store.under(path)).map((one) => keyOf(one.name, path)),
  )
}

export function noParameter(key: string, known: string[]): NotFound {
  const near = nearest(key, known)
  return new NotFound(`There is no parameter ${key}.`, {
    code: 'no_parameter',
    because: near.length > 0 ? [`Nearest: ${near.join(', ')}.`] : [],
    state: 'Nothing was changed.',
    next: ['fb params list'],
  })
}
