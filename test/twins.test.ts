import {describe, expect, it} from 'vitest'

import {withTwins} from '../src/twins.js'

const flags = {
  env: {type: 'option', char: 'e', env: 'FB_ENV'},
  yes: {type: 'boolean', char: 'y', env: 'FB_YES'},
  output: {type: 'option', char: 'o', env: 'FB_OUTPUT'},
  count: {type: 'boolean', char: 'c', exclusive: ['output']},
  group: {type: 'option', char: 'g', env: 'FB_GROUP', multiple: true, exclusive: ['task']},
  task: {type: 'option'},
  skip: {type: 'option', env: 'FB_SKIP', multiple: true, delimiter: ','},
  follow: {type: 'boolean', env: 'FB_FOLLOW'},
  service: {type: 'option', env: 'FB_SERVICE'},
}
const env = {FB_ENV: 'dev', FB_OUTPUT: 'short', FB_GROUP: ' /a  /b ', FB_SKIP: 'x,y,', FB_FOLLOW: '0', FB_SERVICE: 'v2'}
const yielding = {follow: ['task'], service: ['arguments']}

const twinned = (...argv: string[]) => {
  const found = withTwins(flags, argv, {yielding, env})
  const gone = Object.entries(found.flags).flatMap(([name, flag]) => ('env' in flag && !flag.env ? [name] : []))
  return {gone: gone.filter((name) => name !== 'group' && name !== 'skip'), argv: found.argv}
}
const values = ['--group', '/a', '--group', '/b', '--skip', 'x', '--skip', 'y']

describe('the twin of a flag in the environment', () => {
  it('counts as long as nothing else is typed', () => {
    expect(twinned()).toEqual({gone: [], argv: values})
  })

  it.each([
    [['--count'], ['output']],
    [['-c'], ['output']],
    [['-yc'], ['output']],
    [['-e', 'c', '--count'], ['output']],
    [['--task', 'x'], ['follow']],
    [['--task=x'], ['follow']],
    [['v1'], ['service']],
    [['--', 'v1'], ['service']],
    [['-g', '/c', '--output', 'raw', 'v1'], ['service']],
  ])('gives way to %j', (argv, gone) => {
    expect(twinned(...argv).gone).toEqual(gone)
  })

  it.each([
    [['-ecount']],
    [['-e', '-c']],
    [['--env', '--count']],
    [['-ysomething']],
    [['--env=v1']],
    [['--output', 'json', '--count']],
    [['--no-follow', '--skip', 'a']],
    [['-g', '/c', '/d']],
    [['-g', '/c', '-y', '/d']],
  ])('does not give way to what is only a value, or to nothing in particular: %j', (argv) => {
    expect(twinned(...argv).gone).toEqual([])
  })

  it('has several values for a flag that may be repeated, in front of what is no flag any more', () => {
    expect(twinned('-y', '--', '-x').argv).toEqual(['-y', ...values, '--', '-x'])
    expect(twinned('-g', '/c', '--skip=z').argv).toEqual(['-g', '/c', '--skip=z'])
    expect(twinned('--task', 'x').argv).toEqual(['--task', 'x', '--skip', 'x', '--skip', 'y'])
  })
})
