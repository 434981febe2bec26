import {timeOf} from './clock.js'
import type {Inventory} from './inventory.js'
import type {Beside, State, StateFile} from './state.js'
import {type World, worldOf} from './world.js'

/** What an operation sees: the account at one moment. */
export type Account = {
  state: State
  now: number
  inventory: Inventory
  world: World
  /** Adds facts: runs alone, on the newest state, and only what it leaves there is kept. */
  record<T>(change: (account: Account) => T): T
  /** Where buckets and tables are kept. */
  beside: Beside
  /** The account as it has become since; for answers that go on and on. */
  again(): Account
}

export type Way = Pick<Account, 'record' | 'beside'> & Partial<Pick<Account, 'again'>>

export function accountOf(state: State, way: Way, play = worldOf): Account {
  const {record, beside, again = () => accountOf(state, way, play)} = way
  let world: World | undefined
  const played = () => {
    world ??= play(state)
    return world
  }
  return {
    state,
    now: timeOf(state.clock),
    get world() {
      return played()
    },
    get inventory() {
      return played().inventory
    },
    record,
    beside,
    again,
  }
}

/** The file hands out one state until it changes, and its world does not depend on the time: many reads, one play. */
const worlds = new WeakMap<State, World>()

function playOnce(state: State): World {
  const world = worlds.get(state) ?? worldOf(state)
  worlds.set(state, world)
  return world
}

export function openAccount(file: StateFile): Account {
  const {beside} = file
  const record: Account['record'] = (change) =>
    file.update((state) => {
      const inside: Account = accountOf(state, {beside, record: (again) => again(inside)})
      return change(inside)
    })
  return accountOf(file.read(), {beside, record, again: () => openAccount(file)}, playOnce)
}
