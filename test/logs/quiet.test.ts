import {describe, expect, it} from 'vitest'

import {explainQuiet, type StreamReads} from '../../src/logs/quiet.js'

const sources = [{group: '/ecs/app', prefix: 'ecs-v1/app/d8b0'}]

async function said(aws: StreamReads, follow: boolean) {
  const notes: string[] = []
  await explainQuiet(aws, {sources, follow}, (text) => notes.push(text), new AbortController().signal)
  return notes
}

describe('silence', () => {
  it('is explained by streams that are called otherwise', async () => {
    const aws = {streamNames: async (_: string, prefix = '') => (prefix.endsWith('/') ? ['ecs-v1/app/d9'] : [])}
    expect(await said(aws, true)).toEqual(['No stream matched /ecs/app ecs-v1/app/d8b0*. Nearest: ecs-v1/app/d9.'])
    await expect(said(aws, false)).rejects.toThrow('No stream matched')
  })

  it.each([true, false])('that fb may not explain ends nothing (follow: %s)', async (follow) => {
    const denied = Object.assign(new Error('no'), {name: 'AccessDeniedException'})
    const aws = {streamNames: () => Promise.reject(denied)}
    expect(await said(aws, follow)).toEqual([
      expect.stringMatching(/^Nothing in \/ecs\/app ecs-v1\/app\/d8b0\* so far, and fb cannot tell why: /),
    ])
  })
})
