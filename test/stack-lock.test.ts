import {expect, it} from 'vitest'

import {lockSince} from '../src/stack-lock.js'
import {memoryStore} from './support/memory-store.js'

const begun = new Date('2026-11-27T08:00:00Z')
const later = new Date(begun.getTime() + 3_600_000)
// A process that nobody can look into, like every one of a system without /proc.
const UNSEEN = 999_999_999

async function left(...running: {command: string; since?: Date}[]) {
  const {store, held} = memoryStore()
  const info = {ID: 'id-1', Operation: 'OperationTypePlan', Who: 'ana@laptop', Created: begun.toISOString()}
  held.set('table', JSON.stringify(info))
  const seen = running.map((one) => ({pid: UNSEEN, since: begun, ...one}))
  const terraforms = async () => ({running: seen, everyones: false})
  return lockSince(store, begun, {user: 'ana', host: 'laptop'}, terraforms)
}

it.each([['/usr/bin/terraform plan'], ['tofu apply -auto-approve'], ['terraform -chdir=dev destroy']])(
  'a lock that another command of this user may hold was not left: %s',
  async (command) => expect(await left({command})).toBeUndefined(),
)

it('a lock was left when no Terraform is seen that may hold it, in a container either', async () => {
  expect(await left()).toBe('id-1')
  expect(await left({command: 'terraform version -json'}, {command: 'terraform init'})).toBe('id-1')
  expect(await left({command: 'terraform apply', since: later})).toBe('id-1')
})
