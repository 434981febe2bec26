import {Flags} from '@oclif/core'

import {FbCommand} from '../../command.js'
import {duration} from '../../durations.js'
import {NotFound} from '../../errors.js'
import {durationFlag, stackFlags} from '../../flags.js'
import {countsText, planText} from '../../infra/plan-text.js'
import {lastSnapshots} from '../../infra/snapshots.js'
import {planTeardown, type Unsaved} from '../../infra/teardown.js'
import {type TornDown, teardownText, tornDownText} from '../../infra/teardown-text.js'
import type {Site} from '../../site.js'
import {openPlanning, type Stack} from '../../stack-access.js'
import {applyStack} from '../../stack-apply.js'
import {openPlan} from '../../stack-directory.js'
import {meansFor, refuseWhileDeploying} from '../../stack-means.js'

export default class InfraDown extends FbCommand {
  static override description =
    'Destroy the infrastructure of an environment. What holds data stays until it is named; a last snapshot of each database and a backup of the state are taken first.'
  static override examples = [
    'fb infra down --env dev --dry-run',
    'fb infra down --env dev --lose aws_kms_key.main',
    "fb infra down --env test --keep aws_db_instance.main --lose 'aws_ssm_parameter.*' --confirm fastapi-bootstrap-test --json",
  ]
  static override flags = {
    ...stackFlags,
    keep: Flags.string({
      description: 'what stays, with all that it needs: an address, or a pattern with * in quotes; several are fine',
      helpValue: 'ADDRESS',
      multiple: true,
      default: [],
    }),
    lose: Flags.string({
      description: 'what may go although it holds data; several are fine',
      helpValue: 'ADDRESS',
      multiple: true,
      default: [],
    }),
    confirm: Flags.string({description: 'instead of typing it: the name of app and environment', helpValue: 'APP-ENV'}),
    'lock-timeout': durationFlag({description: 'how long to wait for a lock that is held', default: 0}),
    'dry-run': Flags.boolean({description: 'show what would go and what would stay, then stop'}),
  }

  async run(): Promise<TornDown> {
    const {flags} = await this.parse(InfraDown)
    const site = await this.openStack(flags)
    this.stands('Nothing was changed.')
    const {name} = site.environment
    const question = `Destroy this in ${name}?`
    // What is missing or wrong is said now, and not after minutes of planning.
    if (!flags['dry-run'] && flags.confirm === undefined)
      this.ask.needTerminal(`--confirm ${site.names.repository}-${name}`)
    if (flags.confirm !== undefined) await this.ask.confirmLoss(site, flags.confirm, question)
    const caller = await this.identify(site)
    const {parent, directory, worker} = this
    const lockTimeout = flags['lock-timeout']
    const stack = await openPlanning(site, {root: this.config.root, parent, directory, lockTimeout})
    await refuseWhileDeploying(site)
    const teardown = planTeardown(stateOf(stack, name), flags, site.environment)
    const opened = openPlan(stack, {lockTimeout, known: stack.known, mode: 'destroy', targets: teardown.targets})
    try {
      const {plan} = await this.carryOut(opened.planning, site.clock)
      const {env, account, region, counts, changes} = plan
      const result = {env, account, region, counts, changes, kept: teardown.kept, snapshots: [], done: 0, seconds: 0}
      if (flags['dry-run']) {
        this.voice.print((canvas) => [...planText(plan, {asking: true}, canvas), ...teardownText(teardown, canvas)])
        return result
      }
      this.voice.tell((canvas) => [...planText(plan, {asking: true}, canvas), ...teardownText(teardown, canvas)])
      await this.ask.confirmLoss(site, flags.confirm, `${question.slice(0, -1)} (${countsText(plan)})?`)
      const snapshots = await this.save(site, teardown.snapshots)
      const hands = {caller, worker, lockTimeout, why: 'fb infra down', directory, env: parent.env}
      const done = await this.carryOut(applyStack({...opened, plan}, await meansFor(site, hands)), site.clock)
      const torn = {...result, ...done, snapshots}
      this.voice.print((canvas) => tornDownText(torn, duration(done.seconds * 1000), canvas))
      return torn
    } finally {
      opened.workdir.remove()
    }
  }

  private async save(site: Site, databases: Unsaved[]): Promise<string[]> {
    if (databases.length === 0) return []
    const {clock} = site
    return this.carryOut(lastSnapshots(await this.aws(site, 'rds'), databases, {clock, signal: this.signal}), clock)
  }
}

function stateOf({state}: Stack, name: string) {
  if (state) return state
  throw new NotFound(`${name} has no state: there is nothing that fb could destroy.`, {
    code: 'no_state',
    state: 'Nothing was changed.',
    next: ['fb state adopt --from-key KEY'],
  })
}
