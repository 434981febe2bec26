import {Flags} from '@oclif/core'

import type {Kind, Tier} from './params/store.js'

const TYPES: Record<string, Kind> = {secure: 'SecureString', string: 'String', list: 'StringList'}

const TIERS: Record<string, Tier> = {standard: 'Standard', advanced: 'Advanced', auto: 'Intelligent-Tiering'}

export const typeFlag = () =>
  Flags.string({
    description: 'how it is kept: encrypted, or readable by everybody who may list it (default: secure)',
    options: Object.keys(TYPES),
    env: 'FB_PARAM_TYPE',
  })

export const tierFlag = () =>
  Flags.string({
    description: 'advanced takes 8,192 bytes, is paid, and there is no way back',
    options: Object.keys(TIERS),
    env: 'FB_PARAM_TIER',
  })

export const restartFlag = Flags.boolean({
  description: 'deploy what runs again, so that every task has the new value; watched like any deployment',
  env: 'FB_RESTART',
})

export const kindOf = (flag: string | undefined): Kind | undefined => (flag ? TYPES[flag] : undefined)

export const tierOf = (flag: string | undefined): Tier | undefined => (flag ? TIERS[flag] : undefined)

/** Which of many parameters. */
export const choiceFlags = {
  only: Flags.string({description: 'only keys like this, with * and ?', helpValue: 'PATTERN', multiple: true}),
  skip: Flags.string({description: 'all but keys like this', helpValue: 'PATTERN', multiple: true}),
}
