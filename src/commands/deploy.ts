import {Flags, type Interfaces} from '@oclif/core'

import {FbCommand} from '../command.js'
import {namesOf} from '../config/names.js'
import {attach, attachedText} from '../deploy/attach.js'
import {
  IF_BUSY,
  type IfBusy,
  type InTheWay,
  isRollback,
  isTakenBack,
  makeWay,
  replaceQuestion,
  wayChoices,
  wayText,
} from '../deploy/busy.js'
import {deploy, noop} from '../deploy/deploy.js'
import {
  chooseImage,
  type ImageReference,
  type ImageRepository,
  imageChoices,
  parseReference,
  runningImage,
  shortName,
} from '../deploy/image.js'
import {DEFAULT_MIGRATION} from '../deploy/migration.js'
import {type Outcome, outcomeText} from '../deploy/outcome.js'
import {type DeployPlan, parseEnv, patience, planDeploy} from '../deploy/plan.js'
import {planDocument, planText} from '../deploy/plan-text.js'
import {CHECK_IDS} from '../deploy/preflight/preflight.js'
import {refuseFailed} from '../deploy/preflight/preflight-text.js'
import {busyWith, refuseIfChanged} from '../deploy/refusals.js'
import type {WaitFor} from '../deploy/watch.js'
import {checksOf, howToStop, migrationOf, refuseUnfit, unheededAlarms, wayOf, withMigration} from '../deploying.js'
import {durationFlag, siteFlags, skipCheckFlag, steeringFlags} from '../flags.js'
import {commitsBetween} from '../repository/commits.js'
import {noTemplates, readTemplates} from '../repository/templates.js'
import type {Site} from '../site.js'
import type {Steering} from '../steering.js'

export default class Deploy extends FbCommand {
  static override description = 'Deploy an image: a blue/green deployment by CodeDeploy, shown live.'
  static override examples = [
    'fb deploy --env sandbox --tag 1.1.0',
    'fb deploy --env prod --from test --message "release 1.1"',
    'fb deploy --env prod --tag 1.1.0 --dry-run',
    'fb deploy --env prod --tag 1.1.0 --yes --smoke /health --approve smoke',
    'fb deploy --env prod --tag 1.1.0 --migrate',
    'fb deploy --env prod --tag 1.1.0 --yes --json > deployment.json',
  ]
  static override flags = {
    ...siteFlags,
    tag: Flags.string({
      char: 't',
      description: 'image tag in the application’s repository',
      env: 'FB_TAG',
      exclusive: ['image', 'from'],
    }),
    image: Flags.string({description: 'image in ECR, by tag or digest', helpValue: 'REF', exclusive: ['from']}),
    from: Flags.string({description: 'promote what runs in another environment, by digest', helpValue: 'ENV'}),
    strategy: Flags.string({
      description: 'all-at-once, canary, linear or a deployment configuration (default: the group’s)',
      env: 'FB_STRATEGY',
    }),
    'set-env': Flags.string({
      description: 'environment variable of the container',
      helpValue: 'NAME=VALUE',
      multiple: true,
      default: [],
    }),
    cpu: Flags.integer({description: 'CPU units of a task', min: 256}),
    memory: Flags.integer({description: 'memory of a task in MiB', min: 512}),
    message: Flags.string({char: 'm', description: 'why; shown by fb releases'}),
    wait: Flags.string({
      description: 'what to wait for',
      options: ['started', 'traffic', 'complete'],
      default: 'traffic',
      env: 'FB_WAIT',
    }),
    timeout: durationFlag({
      description: 'how long to wait, such as 45m (default: as long as CodeDeploy may need)',
      env: 'FB_TIMEOUT',
    }),
    'fail-fast': Flags.boolean({
      description: 'stop a deployment whose tasks provably cannot live, after a notice of ten seconds',
      allowNo: true,
      default: true,
      env: 'FB_FAIL_FAST',
    }),
    'template-env': Flags.string({
      description: 'use the .aws templates written for another environment',
      helpValue: 'ENV',
    }),
    'allow-vulnerable': Flags.boolean({description: 'deploy an image with CRITICAL findings'}),
    migrate: Flags.string({
      description: `run this once on the new image before the deployment (without COMMAND: ${DEFAULT_MIGRATION})`,
      helpValue: '[COMMAND]',
      env: 'FB_MIGRATE',
      parse: async (text) =>
        /^(1|true|yes|y)$/i.test(text) ? DEFAULT_MIGRATION : /^(0|false|no|n)$/i.test(text) ? '' : text,
    }),
    'if-busy': Flags.option({
      description: 'when another deployment is running (default: fail; a terminal asks)',
      options: IF_BUSY,
      env: 'FB_IF_BUSY',
    })(),
    'skip-check': skipCheckFlag(CHECK_IDS),
    force: Flags.boolean({description: 'deploy even what already runs'}),
    'dry-run': Flags.boolean({description: 'show the plan, then stop'}),
    ...steeringFlags,
  }

  async run(): Promise<Outcome | ReturnType<typeof planDocument>> {
    const {flags} = await this.parse(Deploy, withMigration(this.argv))
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const site = await this.open(flags)
    const steering = await this.steer(site, flags)
    if (flags['if-busy'] === 'attach') steering.refuseForeign()
    const planning = await this.prepare(site, flags)
    let plan = await planning()
    const shownOnly = flags['dry-run'] && (flags['if-busy'] ?? 'fail') !== 'fail'
    let takenBack: string | undefined
    while (plan.busy && !shownOnly) {
      const cleared = await this.clear(site, plan, flags, steering)
      if (typeof cleared === 'object') return cleared
      takenBack = cleared
      plan = await planning()
    }
    steering.refuseUnrun(plan.group, flags.wait as WaitFor)
    const now = site.clock.now()
    if (plan.already && !plan.busy) return this.conclude(noop(plan, takenBack), outcomeText)
    const skip = flags['skip-check']
    plan = {...plan, ifBusy: flags['if-busy']}
    const [checks, unheeded] = await Promise.all([checksOf(site, plan, skip), unheededAlarms(site, plan, skip)])
    plan = {...plan, checks, unheeded}
    if (flags['dry-run']) {
      this.voice.print((canvas) => planText(plan, now, canvas))
      const document = planDocument(plan, now)
      this.exitAs(document.exitCode)
      return document
    }
    refuseFailed(plan.checks ?? [], takenBack)
    this.voice.tell((canvas) => planText(plan, now, canvas))
    await this.ask.confirm(site, flags.yes, `Deploy v${plan.number} to ${site.environment.name}?`)
    return this.start(site, plan, flags, {steering, takenBack})
  }

  private async start(
    site: Site,
    plan: DeployPlan,
    flags: DeployFlags,
    {steering, takenBack}: Agreed,
  ): Promise<Outcome> {
    const api = await this.aws(site, 'ecs', 'codedeploy', 'cloudwatch', 'elb', 'logs', 'autoscaling')
    await refuseIfChanged(api, plan)
    const observe = await this.observer(site, plan.group, plan.targetGroups)
    const until = flags.wait as WaitFor
    const deadline = new Date(site.clock.now().getTime() + (flags.timeout ?? patience(plan, until)))
    const failFast = flags['fail-fast'] ? {stop: api.stop, hear: this.voice.hear} : undefined
    const testUrl = async () => flags['test-url'] ?? this.testUrlOf(site, plan.group)
    const before = await migrationOf(site, plan, {deadline, howToStop: howToStop(site)})
    const run = deploy({...api, observe, testUrl}, plan, {until, deadline, failFast, ...before}, steering, site.clock)
    const outcome = await this.follow(run, site.clock, (event) => {
      if (event.type !== 'done') return
      const before = takenBack ? `${takenBack} was rolled back. ` : ''
      if (event.step === 'register')
        this.stands(`${before}${event.detail} is registered; no deployment of it was started.`)
      if (event.step === 'create') this.leaveRunning(event.detail, site)
    })
    return this.conclude(outcome, outcomeText)
  }

  /** What is asked is asked once, however often the plan must be made. */
  private async prepare(site: Site, flags: DeployFlags): Promise<() => Promise<DeployPlan>> {
    const env = parseEnv(flags['set-env'])
    const {account, arn: caller} = await this.identify(site)
    const {environment, service, names} = site
    const {region} = environment
    const api = await this.aws(site, 'ecs', 'codedeploy', 'elb', 'ecr')
    const repository = {account, region, name: names.repository}
    const image = await chooseImage(api, await this.reference(site, repository, flags), flags['allow-vulnerable'])
    const templatesFor = namesOf({app: names.repository, env: flags['template-env'] ?? environment.name, service})
    const templates = readTemplates(this.directory, templatesFor, {account, region, names})
    if (flags['template-env'] && !templates.taskDefinition && !templates.appSpec) throw noTemplates(templatesFor)
    const scene = {env: environment.name, account, region, service, caller, names}
    return async () => {
      const plan = await this.voice.waiting(planDeploy(api, scene, {...flags, ...templates, image, env}))
      return {...plan, commits: await commitsBetween(this.directory, shortName(plan.previous.image), image.tag ?? '')}
    }
  }

  /** Does about the deployment in the way what was asked for: the id of one it took back, the outcome of one it only watched. */
  private async clear(
    site: Site,
    plan: DeployPlan,
    flags: DeployFlags,
    steering: Steering,
  ): Promise<Outcome | string | undefined> {
    const {scene, busy} = plan
    if (flags['dry-run'] || (flags.yes && !flags['if-busy'])) throw busyWith(busy!, scene)
    const {way, api, deadline} = await wayOf(site, plan, flags.timeout)
    const how = flags['if-busy'] ?? (await this.askAbout(way, plan.already, site.clock.now()))
    if (how === 'fail') throw busyWith(busy!, scene)
    if (how === 'attach') {
      steering.refuseForeign()
      this.voice.tell((canvas) => [attachedText(way.found, canvas)])
      this.leaveRunning(way.found.deployment.id, site)
      const until = flags.wait === 'complete' ? 'complete' : 'traffic'
      const testUrl = async () => flags['test-url'] ?? this.testUrlOf(site, plan.group)
      const run = attach({...api, testUrl}, way.found, {until, deadline}, steering, site.clock)
      return this.conclude(await this.follow(run, site.clock), outcomeText)
    }
    await refuseUnfit(site, plan, steering, flags, how === 'replace' && isTakenBack(way))
    if (how === 'replace' && !isRollback(way)) await this.ask.confirm(site, flags.yes, replaceQuestion(way))
    const heeds = !plan.already && !flags['skip-check'].includes('alarms')
    const by = shortName(plan.image.image)
    return this.voice.show(makeWay(api, way, {how, deadline, by, heeds}, site.clock), site.clock, (event) => {
      if (event.type === 'stands') this.stands(event.state, event.next)
    })
  }

  private askAbout(way: InTheWay, already: boolean, now: Date): Promise<IfBusy> {
    this.voice.tell((canvas) => ['', ...wayText(way, now, canvas), ''])
    return this.ask.choose('What now?', wayChoices(way, already), '--if-busy')
  }

  private async reference(
    site: Site,
    repository: ImageRepository,
    {tag, image, from}: DeployFlags,
  ): Promise<ImageReference> {
    const {container} = site.names
    if (tag) return {repository, tag}
    if (image) return parseReference(image)
    if (from)
      return parseReference(
        await runningImage(await this.aws(await this.open({env: from, service: site.service}), 'ecs'), container),
      )
    this.ask.needTerminal('--tag')
    const api = await this.aws(site, 'ecr', 'ecs')
    const [images, live] = await Promise.all([api.newestImages(repository), runningImage(api, container)])
    const choices = imageChoices(images, live, site.clock.now())
    return {repository, tag: await this.ask.choose('Which image?', choices, '--tag')}
  }
}

type Agreed = {steering: Steering; takenBack?: string}

type DeployFlags = Interfaces.InferredFlags<typeof Deploy.flags>
