import {timeOf} from './clock.js'
import type {Inventory} from './inventory.js'
import type {State, StateFile} from './state.js'
import {type World, worldOf} from './world.js'

/** What an operation sees: the account at one moment. */
export type Account = {
  state: State
  now: number
  inventory: Inventory
  world: World
  /** Adds facts: runs alone, on the newest state, and only what it leaves there is kept. */
  record<T>(change: (account: Account) => T): T
}

export function accountOf(state: State, record: Account['record']): Account {
  let world: World | undefined
  const played = () => {
    world ??= worldOf(state)
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
  }
}

export function openAccount(file: StateFile): Account {
  return accountOf(file.read(), (change) =>
    file.update((state) => {
      const inside: Account = accountOf(state, (again) => again(inside))
      return change(inside)
    }),
  )
}
