import type {Hook} from '@oclif/core'

import {unknownCommand} from '../unknown-command.js'

const commandNotFound: Hook.CommandNotFound = async ({id, config}) => {
  throw unknownCommand(
    id,
    config.commands.filter(({hidden}) => !hidden).map((command) => command.id),
  )
}

export default commandNotFound
