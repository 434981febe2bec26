import {readFileSync} from 'node:fs'
import {describe, expect, it, onTestFinished, vi} from 'vitest'

import {faultProxy} from '../support/fault-proxy.js'
import {home} from '../support/fb.js'
import {openTerminal} from '../support/terminal.js'

const RUN = ['run', '--env', 'sandbox']
const of = (tag: string) => ['deploy', '--env', 'sandbox', '--tag', tag, '--strategy', 'all-at-once', '--yes']
const DEPLOY = of('1.1.0')

/** What the account really has. */
const facts = ({sandbox}: ReturnType<typeof home>) => JSON.parse(readFileSync(sandbox.file, 'utf8'))

describe('fb run', () => {
  it('prints the lines of the command and nothing else on stdout', async () => {
    const {code, stdout, stderr} = await home().fb([...RUN, '--', 'echo', 'it', '--works'])
    expect({code, stdout}).toEqual({code: 0, stdout: 'it --works\n'})
    expect(stderr).toMatch(/^echo it --works on v3 \(1\.0\.0\)$/m)
    expect(stderr).toMatch(/^task \w{8} provisioning\ntask \w{8} pending\ntask \w{8} running\n/m)
    expect(stderr).toMatch(/^✔ exit 0 after 20s$/m)
  })

  it('runs where and as whom the service runs', async () => {
    const here = home()
    await here.fb([...RUN, '--', 'alembic', 'current'])
    const [{input, taskDefinition}] = facts(here).runs
    expect(taskDefinition).toMatch(/:3$/)
    expect(input).toMatchObject({
      cluster: 'fastapi-bootstrap-sandbox',
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      startedBy: 'fb-run/you',
      networkConfiguration: {awsvpcConfiguration: {subnets: expect.any(Array), assignPublicIp: 'DISABLED'}},
      overrides: {containerOverrides: [{name: 'fastapi-bootstrap-v1', command: ['alembic', 'current']}]},
    })
  })

  it.each([0, 1, 3, 42])('has the exit code of the container: %i', async (exitCode) => {
    const {code, stdout} = await home().fb([...RUN, '--json', '--', 'sh', '-c', `exit ${exitCode}`])
    expect({code, ...JSON.parse(stdout)}).toMatchObject({code: exitCode, result: 'ended', exitCode})
  })

  it('ends with 125 when the container never ran, and says why', async () => {
    const {fb, sandbox} = home()
    sandbox.fault('bad-image')
    const {code, stdout, stderr} = await fb([...RUN, '--quiet', '--', 'ls'])
    expect({code, stdout}).toEqual({code: 125, stdout: ''})
    expect(stderr).toMatch(
      /✖ The command has not run: CannotPullContainerError[\s\S]+State {2}Task \w{32} has stopped\./,
    )
    const {stdout: document} = await fb([...RUN, '--json', '--', 'ls'])
    expect(JSON.parse(document).error.code).toBe('not_run')
  })

  it('is one document with --json, with every line', async () => {
    const {stdout} = await home().fb([...RUN, '--json', '--', 'echo', 'one\u001b[31m'])
    expect(JSON.parse(stdout)).toMatchObject({
      env: 'sandbox',
      release: {number: 3},
      command: ['echo', 'one\u001b[31m'],
      result: 'ended',
      log: [expect.stringContaining('one')],
      exitCode: 0,
    })
    expect(stdout).not.toContain('\u001b')
  })

  it('leaves the task running with --detach', async () => {
    const here = home()
    const {code, stdout} = await here.fb([...RUN, '--detach', '--json', '--', 'sleep', '60'])
    expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 0, result: 'started', task: expect.any(String)})
    expect(facts(here).runs).toHaveLength(1)
  })

  it('gives up waiting after --timeout (8), and says that the task goes on', async () => {
    const {code, stderr} = await home().fb([...RUN, '--timeout', '20s', '--', 'sleep', '60'])
    expect(code).toBe(8)
    expect(stderr).toMatch(/Gave up waiting for task \w{32}\.\n {2}State {2}Task \w{32} goes on in AWS\./)
  })

  it('wants a command', async () => {
    expect(await home().fb(RUN)).toMatchObject({code: 2, stderr: expect.stringContaining('COMMAND is missing')})
  })

  it('Ctrl-C leaves the task running, says so and how to stop it', async () => {
    const here = home({speed: 60})
    const {url, close} = await faultProxy(here.sandbox)
    onTestFinished(close)
    const {child, said, ended} = here.launch([...RUN, '--', 'sleep', '60'], {FB_SANDBOX_ENDPOINT: url})
    await vi.waitFor(() => expect(said.stderr).toContain('provisioning'), {timeout: 10_000, interval: 5})
    child.kill('SIGINT')
    const {code, stderr} = await ended
    expect(code).toBe(130)
    expect(stderr).toMatch(/■ Interrupted\.\n {2}State {2}Task \w{32} goes on in AWS\./)
  })

  it('starts one task although the answer to RunTask is lost', async () => {
    const here = home()
    const proxy = await faultProxy(here.sandbox, [
      {kind: 'reset after AWS has carried it out', operation: 'ecs:RunTask'},
    ])
    onTestFinished(proxy.close)
    const {code} = await here.fb([...RUN, '--', 'ls'], {FB_SANDBOX_ENDPOINT: proxy.url})
    expect({code, runs: facts(here).runs.length}).toEqual({code: 0, runs: 1})
    expect(proxy.reached.filter((one) => one === 'ecs:RunTask')).toHaveLength(2)
  })

  it('loses no line while reading the log fails', async () => {
    const here = home()
    const proxy = await faultProxy(here.sandbox, [{kind: 'not allowed', operation: 'logs:GetLogEvents', times: 4}])
    onTestFinished(proxy.close)
    const {stdout, stderr} = await here.fb([...RUN, '--', 'echo', 'here'], {FB_SANDBOX_ENDPOINT: proxy.url})
    expect(stdout).toBe('here\n')
    expect(stderr).toContain('cannot read its log, trying again: Your role may not call logs:GetLogEvents.')
  })
})

describe('fb deploy --migrate', () => {
  it('runs alembic upgrade head once on the new release, marks the release with it, then deploys', async () => {
    const here = home()
    const {code, stdout, stderr} = await here.fb([...DEPLOY, '--migrate', '--json'])
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 0,
      result: 'live',
      migration: {command: 'alembic upgrade head', exitCode: 0, task: expect.any(String)},
    })
    expect(stderr).toMatch(/^\S+ {2}INFO {2}\[alembic\.runtime\.migration\] Running upgrade 3f1c9a7d2b40/m)
    const {runs, taskDefinitions} = facts(here)
    expect(runs).toMatchObject([
      {taskDefinition: expect.stringMatching(/:4$/), input: {startedBy: 'fb-migrate/fastapi-bootstrap-v1-sandbox'}},
    ])
    expect(taskDefinitions[3].input.tags).toContainEqual({key: 'fb:migration', value: 'alembic upgrade head'})
  })

  it('does not mark the releases that come after it', async () => {
    const here = home()
    await here.fb([...DEPLOY, '--migrate', '--wait', 'complete'])
    await here.fb([...of('1.1.1'), '--wait', 'started'])
    const {input} = facts(here).taskDefinitions[4]
    expect(input.tags.map(({key}: {key: string}) => key)).not.toContain('fb:migration')
  })

  it('takes another command, and shows it in the plan', async () => {
    const {stdout} = await home().fb([...DEPLOY, '--dry-run', '--migrate', 'python -m app.migrate --to 42'])
    expect(stdout).toMatch(/^Migrate +python -m app\.migrate --to 42 once/m)
    const variable = await home().fb([...DEPLOY, '--dry-run', '--json'], {FB_MIGRATE: '1'})
    expect(JSON.parse(variable.stdout).migration).toBe('alembic upgrade head')
  })

  it('that fails ends with 1 and the traceback, and leaves the service as it was', async () => {
    const here = home()
    here.sandbox.fault('run-fails:1')
    const {code, stderr} = await here.fb([...DEPLOY, '--migrate'])
    expect(code).toBe(1)
    const verdict = stderr.slice(stderr.indexOf('✖'))
    expect(verdict).toMatch(/^✖ The migration failed: exit 1 after 20s\.\n {2}It ran: alembic upgrade head\n/)
    expect(verdict).toMatch(/ {2}Traceback \(most recent call last\):\n[\s\S]* {2}sqlalchemy\.exc\.ProgrammingError: /)
    expect(verdict).toContain('v3 serves as before. Release 4 is registered, and no deployment of it was started.')
    expect(here.sandbox.status().deployments).toHaveLength(3)
    expect(facts(here).taskDefinitions).toHaveLength(4)
  })

  it('two at once migrate once: the other exits 5 and names what is running', async () => {
    const here = home({speed: 60})
    const [won, lost] = (
      await Promise.all(['1.1.0', '1.1.1'].map((tag) => here.fb([...of(tag), '--migrate', '--json'])))
    ).sort((a, b) => a.code! - b.code!)
    expect([won!.code, lost!.code], lost!.stdout).toEqual([0, 5])
    const alive = facts(here).runs.filter(({stopped}: {stopped?: object}) => !stopped)
    expect(alive).toHaveLength(1)
  })

  it('interrupted says that the migration goes on, and that nothing was deployed', async () => {
    const here = home({speed: 60})
    const {child, said, ended} = here.launch([...DEPLOY, '--migrate'])
    await vi.waitFor(() => expect(said.stderr).toContain('provisioning'), {timeout: 10_000, interval: 5})
    child.kill('SIGINT')
    const {code, stderr} = await ended
    expect(code).toBe(130)
    expect(stderr).toMatch(
      /Task \w{32} goes on in AWS\. Release 4 is registered, and no deployment of it was started\./,
    )
  })
})

it('on a terminal the lines of a migration are below the steps while it runs', async () => {
  const here = home({speed: 20})
  const screen = openTerminal([...DEPLOY, '--migrate'], here)
  onTestFinished(() => screen.kill('SIGKILL'))
  await screen.until('Running upgrade 3f1c9a7d2b40')
  expect(screen.screen().join('\n')).toMatch(/Migrate the schema\n○ Start the deployment/)
  await screen.until(/✔ Migrate the schema +exit 0 after \d+s/)
  await screen.until(/✔ Start the deployment/)
  expect(screen.visible().join('\n')).not.toContain('Running upgrade')
})

describe('the roles of the tasks that the caller may not give them', () => {
  const refused = async (operation: string, args: string[]) => {
    const here = home()
    here.sandbox.fault(`pass-role-denied:${operation}`)
    const {code: exitCode, stdout} = await here.fb(args)
    const {taskDefinitions, deployments, runs = []} = facts(here)
    return {exitCode, ...JSON.parse(stdout).error, made: [taskDefinitions.length, deployments.length, runs.length]}
  }
  const said = {
    exitCode: 4,
    code: 'access_denied',
    message: 'Your role may not give tasks the role fastapi-bootstrap-sandbox-execution (iam:PassRole).',
    next: [
      'allow arn:aws:sts::000000000000:assumed-role/sandbox/you iam:PassRole on arn:aws:iam::000000000000:role/fastapi-bootstrap-sandbox-execution',
    ],
  }

  it('are named before anything is changed when the release is registered', async () => {
    const ended = await refused('RegisterTaskDefinition', [...DEPLOY, '--json'])
    expect(ended).toMatchObject({...said, state: 'Nothing was changed.', made: [3, 3, 0]})
  })

  it('are named when a migration is to start, and nothing is deployed', async () => {
    const state = 'fastapi-bootstrap-v1-sandbox:4 is registered; no deployment of it was started.'
    expect(await refused('RunTask', [...DEPLOY, '--migrate', '--json'])).toMatchObject({
      ...said,
      state,
      made: [4, 3, 0],
    })
  })

  it('are named when a command is to run', async () => {
    const ended = await refused('RunTask', [...RUN, '--json', '--', 'ls'])
    expect(ended).toMatchObject({...said, state: 'Nothing was changed.', made: [3, 3, 0]})
  })
})
