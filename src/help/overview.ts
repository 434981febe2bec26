import {exitCodes} from '../exit-codes.js'
import {type Described, typedAs} from './command-page.js'
import {type Page, pairs, section} from './layout.js'

type Topic = {name: string; description?: string}

/** Commands by what one wants to do; a name stands for itself and for all below it. What is not named here comes last. */
const PURPOSES: [purpose: string, names: string[]][] = [
  ['DEPLOY', ['deploy', 'rollback', 'watch', 'status', 'releases']],
  ['SANDBOX: THE SAME WITHOUT AWS', ['sandbox']],
  ['MORE', ['completion', 'help']],
]

export function rootPage(commands: Described[], page: Page): string[] {
  const named = PURPOSES.flatMap(([, names]) => names)
  const rest = commands.filter(({id}) => !named.includes(topicOf(id)))
  const groups = PURPOSES.map(([purpose, names]): [string, Described[]] => {
    const members = names.flatMap((name) => commands.filter(({id}) => topicOf(id) === name))
    return [purpose, purpose === 'MORE' ? [...rest, ...members] : members]
  })
  return [
    'fb operates the FastAPI Bootstrap application on AWS: ECS Fargate, blue/green.',
    ...section('EXAMPLES', examples(page), page),
    ...section('USAGE', ['fb COMMAND [FLAGS]'], page),
    ...groups.flatMap(([purpose, members]) => section(purpose, list(members, page), page)),
    ...section('READ ON', pairs(readOn, page), page),
  ]
}

const topicOf = (id: string) => id.split(':')[0]!

const examples = ({paint}: Page) => [
  paint.dim('# rehearse a deployment, without AWS'),
  'fb deploy --env sandbox --tag 1.1.0',
  paint.dim('# who serves, and is it well?'),
  'fb status --env prod',
  paint.dim('# put into production what runs in test'),
  'fb deploy --env prod --from test',
]

const readOn: [string, string][] = [
  ['fb help COMMAND', 'examples and flags of a command'],
  ['fb help exit-codes', 'what scripts can rely on'],
]

export function topicPage({name, description}: Topic, commands: Described[], page: Page): string[] {
  return [
    `${typedAs(name)}: ${description ?? ''}`,
    ...section('USAGE', [`${typedAs(name)} COMMAND [FLAGS]`], page),
    ...section('COMMANDS', list(commands, page), page),
    ...section(
      'READ ON',
      pairs([[`fb help ${name.replaceAll(':', ' ')} COMMAND`, 'examples and flags of a command']], page),
      page,
    ),
  ]
}

export function exitCodesPage(page: Page): string[] {
  return [
    'The exit code says how a command ended. It is the same with and without --json.',
    ...section('EXIT CODES', pairs(exitCodes, page), page),
  ]
}

const list = (commands: Described[], page: Page) =>
  pairs(
    commands.map((command) => [command.id.replaceAll(':', ' '), summary(command)]),
    page,
  )

/** The first thing a description says. */
const summary = ({summary, description = ''}: Described) => summary ?? description.split(/[:;.](?:\s|$)/)[0]!
