import {Flags} from '@oclif/core'

import {UsageError} from './errors.js'
import {nameFlag} from './flags.js'
import {LEVELS} from './logs/level.js'
import {parsePattern} from './logs/pattern.js'
import {taskId} from './logs/targets.js'
import {parseWhere, type Test} from './logs/where.js'

export const patternFlag = Flags.custom<RegExp>({helpValue: 'REGEX', parse: async (text) => parsePattern(text, 'this')})

/** Whose log is read. */
export const sourceFlags = {
  task: Flags.custom<string>({parse: async (text) => taskId(text)})({
    description: 'only this task; the first digits of its id are enough',
    multiple: true,
    helpValue: 'ID',
    exclusive: ['group'],
  }),
  group: nameFlag({
    char: 'g',
    description: 'log group instead of a service; nothing is looked up in ECS',
    multiple: true,
    helpValue: 'NAME',
    env: 'FB_LOG_GROUP',
    exclusive: ['service'],
  }),
}

/** Which of its lines are shown. */
export const filterFlags = {
  include: patternFlag({
    char: 'i',
    description: 'only lines that match one of these; the matches stand out',
    multiple: true,
  }),
  exclude: patternFlag({char: 'x', description: 'no lines that match one of these', multiple: true}),
  grep: nameFlag({
    description:
      'only lines with this text; CloudWatch looks for it when it can, and leaves out the rest of a traceback',
    helpValue: 'TEXT',
  }),
  level: Flags.string({
    char: 'l',
    description: 'nothing below; lines that say no level are kept',
    options: [...LEVELS],
    env: 'FB_LOG_LEVEL',
  }),
  where: Flags.custom<Test>({parse: async (text) => parseWhere(text)})({
    description: "condition on fields, such as 'status>=500 and path~=/v1'",
    helpValue: 'CONDITION',
  }),
  health: Flags.boolean({
    description: 'health checks that were answered well; hidden on a terminal unless asked for',
    allowNo: true,
    env: 'FB_HEALTH',
  }),
}

/** How lines are shown. */
export const showFlags = {
  output: Flags.string({
    char: 'o',
    description: 'how a line is shown (default: pretty on a terminal, raw in a pipe)',
    options: ['pretty', 'short', 'raw', 'json'],
    env: 'FB_OUTPUT',
  }),
  expand: Flags.boolean({description: 'whole tracebacks instead of the error and its last frame'}),
  tz: Flags.string({
    description:
      'time zone of what is shown and typed: local, utc, or a name (default: local on a terminal, utc in a pipe)',
    helpValue: 'ZONE',
    env: 'FB_TZ',
  }),
}

export const costFlag = Flags.custom<number>({parse: async (text) => dollars(text)})({
  description: 'USD that queries may cost together without a question',
  default: 1,
  helpValue: 'USD',
  env: 'FB_MAX_COST',
})

function dollars(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new UsageError(`${JSON.stringify(text)} is no amount of USD.`, {code: 'bad_amount', next: ['--max-cost 5']})
}
