import {describe, expect, it} from 'vitest'

import {onceOnly} from '../../src/aws/clients.js'
import {Interrupted, PartlyDone} from '../../src/errors.js'

const lost = () =>
  Object.assign(new Error('socket hang up'), {code: 'ECONNRESET', operation: 'codedeploy:CreateDeployment'})
const unsent = () => Object.assign(new Error('getaddrinfo ENOTFOUND'), {code: 'ENOTFOUND'})

/** A write that fails in these ways, one after the other. */
const failing = (...errors: Error[]) => {
  const made = {tries: 0}
  const write = async () => {
    throw errors[Math.min(made.tries++, errors.length - 1)]
  }
  return {made, write}
}

describe('a write that must happen once', () => {
  it('was not made when it was never sent: nobody looks for it', async () => {
    let looked = false
    const find = async () => {
      looked = true
      return undefined
    }
    const {write} = failing(unsent())
    await expect(onceOnly(write, find, [])).rejects.toMatchObject({code: 'ENOTFOUND'})
    expect(looked).toBe(false)
  })

  it('is not called undone when Ctrl-C comes between its lost answer and its repeat', async () => {
    const {write, made} = failing(lost(), new Interrupted('Interrupted.', {code: 'interrupted'}))
    const ended = await onceOnly(write, async () => undefined, ['fb status']).catch((error: unknown) => error)
    expect(made.tries).toBe(2)
    expect(ended).toBeInstanceOf(PartlyDone)
    expect((ended as PartlyDone).message).toBe(
      'It is not known whether AWS has carried out codedeploy:CreateDeployment.',
    )
  })

  it('is merely interrupted when Ctrl-C comes before it', async () => {
    const interrupted = new Interrupted('Interrupted.')
    await expect(onceOnly(failing(interrupted).write, async () => undefined, [])).rejects.toBe(interrupted)
  })
})
