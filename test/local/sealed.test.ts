import {randomBytes} from 'node:crypto'
import {expect, it} from 'vitest'

import {sealed} from '../../src/local/sealed.js'
import {memoryStore} from '../support/memory-store.js'

const PATH = 'dev.tfstate'
const TEXT = Buffer.from('{"version": 4}')

/** A file as it is sealed, and what reading it gives when somebody has changed it. */
async function prepared() {
  const memory = memoryStore()
  const key = randomBytes(32)
  const open = async (text: string) => {
    if (text === 'the data key') return key
    throw Object.assign(new Error('no'), {
      name: text === 'denied' ? 'AccessDeniedException' : 'InvalidCiphertextException',
    })
  }
  const objects = sealed(
    memory.store.objects,
    async () => ({make: async () => ({key, sealed: 'the data key'}), open}),
    'id',
  )
  await objects.add(PATH, TEXT)
  const bytes = memory.bytesOf(PATH)!
  const end = bytes.indexOf('\n')
  const read = (changed: Buffer) => {
    memory.put(PATH, changed)
    return objects.get(PATH)
  }
  const head = JSON.parse(bytes.toString('utf8', 0, end))
  const body = bytes.subarray(end + 1)
  return {
    read,
    bytes,
    head,
    withHead: (text: string) => read(Buffer.concat([Buffer.from(text), body])),
    with: (more: object) => read(Buffer.concat([Buffer.from(`${JSON.stringify({...head, ...more})}\n`), body])),
  }
}

it('reads back what it has sealed', async () => {
  const {read, bytes} = await prepared()
  expect(bytes.includes('version')).toBe(false)
  expect((await read(bytes))!.bytes).toEqual(TEXT)
})

it('takes no shortened tag, which could be guessed', async () => {
  const {head, ...file} = await prepared()
  const tag = Buffer.from(head.tag, 'base64')
  expect(tag).toHaveLength(16)
  for (const bytes of [4, 8, 12, 15])
    await expect(file.with({tag: tag.subarray(0, bytes).toString('base64')})).rejects.toMatchObject({code: 'bad_seal'})
})

it('says the same of a broken head as of a broken body', async () => {
  const file = await prepared()
  const message = `${PATH} cannot be decrypted: it is not what was encrypted.`
  const broken = [
    () => file.read(file.bytes.fill(file.bytes.at(-1)! ^ 1, file.bytes.length - 1)),
    () => file.withHead('{"fb":"sealed", no JSON\n'),
    () => file.withHead('{"fb":"sealed"}\n'),
    () => file.withHead('{"fb":"sealed"'),
    () => file.with({key: 'another'}),
    () => file.with({key: 1}),
    () => file.with({iv: ''}),
    () => file.with({iv: 'AAAA'}),
  ]
  for (const [i, read] of broken.entries())
    await expect(read(), `number ${i}`).rejects.toMatchObject({code: 'bad_seal', message})
})

it('does not take a missing right to the key for a broken file', async () => {
  await expect((await prepared()).with({key: 'denied'})).rejects.toMatchObject({name: 'AccessDeniedException'})
})
