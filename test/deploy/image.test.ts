import {expect, it} from 'vitest'

import {chooseImage, type Image, imageChoices, parseReference, shortName} from '../../src/deploy/image.js'

const digest = `sha256:${'a'.repeat(64)}`
const repository = {account: '111111111111', region: 'eu-west-1', name: 'app'}
const uri = '111111111111.dkr.ecr.eu-west-1.amazonaws.com/app'
const image = (tag: string, scan: Partial<Image['scan']> = {}): Image => ({
  digest,
  tags: [tag],
  pushedAt: new Date('2026-01-01T10:00:00Z'),
  scan: {status: 'COMPLETE', critical: 0, high: 0, ...scan},
})
const registry = (images: Image[]) => ({
  findImage: async ({tag}: {tag?: string}) => images.find(({tags}) => tag !== undefined && tags.includes(tag)),
  newestImages: async () => images,
})

it('pins the image by digest and keeps its tag', async () => {
  const chosen = await chooseImage(registry([image('1.0')]), {repository, tag: '1.0'}, false)
  expect(chosen).toMatchObject({image: `${uri}:1.0@${digest}`, digest, tag: '1.0'})
})

it('names the nearest tags when there is no such image', async () => {
  const chosen = chooseImage(registry([image('1.10.0'), image('2.0.0')]), {repository, tag: '1.1.0'}, false)
  await expect(chosen).rejects.toMatchObject({
    exitCode: 3,
    because: [expect.stringContaining('1.10.0'), expect.any(String)],
    next: ['--tag 1.10.0'],
  })
})

it('refuses CRITICAL findings unless they are allowed', async () => {
  const bad = registry([image('1.0', {critical: 1})])
  await expect(chooseImage(bad, {repository, tag: '1.0'}, false)).rejects.toMatchObject({exitCode: 7})
  await expect(chooseImage(bad, {repository, tag: '1.0'}, true)).resolves.toMatchObject({tag: '1.0'})
})

it.each([`${uri}:1.0`, `${uri}@${digest}`, `${uri}:1.0@${digest}`])('reads %s', (text) => {
  expect(parseReference(text).repository).toEqual(repository)
})

it.each(['nginx:1', 'app', `${uri}`, 'https://x/y:1'])('refuses %s, which it could not pin', (text) => {
  expect(() => parseReference(text)).toThrow(/is not an image in ECR/)
})

it('calls an image by its tag, or by its digest', () => {
  expect(shortName(`${uri}:1.0@${digest}`)).toBe('1.0')
  expect(shortName(`${uri}@${digest}`)).toBe('aaaaaaa')
  expect(shortName('localhost:5000/app')).toBe('localhost:5000/app')
})

it('offers the newest images with age, scan, and which one is live', () => {
  const choices = imageChoices([image('1.1', {high: 2}), image('1.0')], `${uri}:1.0`, new Date('2026-01-01T13:00:00Z'))
  expect(choices.map(({value}) => value)).toEqual(['1.1', '1.0'])
  expect(choices[0]!.name).toMatch(/^1\.1 {2}3h ago {2}a{12} {2}2 HIGH/)
})
