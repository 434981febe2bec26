import {readdirSync, readFileSync} from 'node:fs'
import {expect, it} from 'vitest'

const handled = new Set(
  (
    await Promise.all(
      readdirSync('src/sandbox/services').map(
        async (file): Promise<{handlers?: object}> => import(/* @vite-ignore */ `../../src/sandbox/services/${file}`),
      ),
    )
  ).flatMap(({handlers = {}}) => Object.keys(handlers)),
)

const sent = readdirSync('src/aws').flatMap((file) => {
  const found = readFileSync(`src/aws/${file}`, 'utf8').matchAll(/new (\w+)Command\(/g)
  return [...found].map(([, operation]) => ({file, operation: operation!}))
})

it.each(sent)('$operation, which src/aws/$file sends, is answered by the sandbox', ({operation}) => {
  expect(handled).toContain(operation)
})
