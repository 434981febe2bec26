import {Flags, type Interfaces} from '@oclif/core'

import {FbCommand} from '../command.js'
import {type Names, namesOf} from '../config/names.js'
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
import {type Outcome, outcomeText} from '../deploy/outcome.js'
import {type DeployPlan, parseEnv, patience, planDeploy} from '../deploy/plan.js'
import {planDocument, planText} from '../deploy/plan-text.js'
import {refuseIfChanged} from '../deploy/refusals.js'
import type {WaitFor} from '../deploy/watch.js'
import {NotFound} from '../errors.js'
import {durationFlag, siteFlags, steeringFlags} from '../flags.js'
import {commitsBetween} from '../repository/commits.js'
import {readTemplates} from '../repository/templates.js'
import type {Site} from '../site.js'

export default class Deploy extends FbCommand {
  static override description = 'Deploy an image: a blue/green deployment by CodeDeploy, shown live.'
  static override examples = [
    'fb deploy --env sandbox --tag 1.1.0',
    'fb deploy --env prod --from test --message "release 1.1"',
    'fb deploy --env prod --tag 1.1.0 --dry-run',
    'fb deploy --env prod --tag 1.1.0 --yes --smoke /health --approve smoke --on-interrupt rollback',
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
    force: Flags.boolean({description: 'deploy even what already runs'}),
    'dry-run': Flags.boolean({description: 'show the plan, then stop'}),
    ...steeringFlags,
  }

  async run(): Promise<Outcome | ReturnType<typeof planDocument>> {
    const {flags} = await this.parse(Deploy)
    if (!flags.yes && !flags['dry-run']) this.ask.needTerminal('--yes')
    const site = await this.open(flags)
    const steering = await this.steer(site, flags)
    const plan = await this.plan(site, flags)
    steering.refuseUnrun(plan.group, flags.wait as WaitFor)
    const now = site.clock.now()
    if (plan.already) return this.conclude(noop(plan), outcomeText)
    if (flags['dry-run']) {
      this.voice.print((canvas) => planText(plan, now, canvas))
      return planDocument(plan, now)
    }
    this.voice.tell((canvas) => planText(plan, now, canvas))
    await this.ask.confirm(site, flags.yes, `Deploy v${plan.number} to ${site.environment.name}?`)

    const api = await this.aws(site, 'ecs', 'codedeploy', 'cloudwatch', 'elb', 'logs', 'autoscaling')
    await refuseIfChanged(api, plan)
    const observe = await this.observer(site, plan.group, plan.targetGroups)
    const until = flags.wait as WaitFor
    const deadline = new Date(site.clock.now().getTime() + (flags.timeout ?? patience(plan, until)))
    const failFast = flags['fail-fast'] ? {stop: api.stop, hear: this.voice.hear} : undefined
    const testUrl = async () => flags['test-url'] ?? this.testUrlOf(site, plan.group)
    const run = deploy({...api, observe, testUrl}, plan, {until, deadline, failFast}, steering, site.clock)
    const outcome = await this.follow(run, site.clock, (event) => {
      if (event.type !== 'done') return
      if (event.step === 'register') this.stands(`${event.detail} is registered; no deployment of it was started.`)
      if (event.step === 'create') this.leaveRunning(event.detail, site)
    })
    return this.conclude(outcome, outcomeText)
  }

  private async plan(site: Site, flags: DeployFlags): Promise<DeployPlan> {
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
    const plan = await planDeploy(api, scene, {...flags, ...templates, image, env})
    return {...plan, commits: await commitsBetween(this.directory, shortName(plan.previous.image), image.tag ?? '')}
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
    return {
      repository,
      tag: await this.ask.choose('Which image?', imageChoices(images, live, site.clock.now()), '--tag'),
    }
  }
}

const noTemplates = ({taskDefinitionTemplate: definition, appSpecTemplate: appSpec}: Names) =>
  new NotFound(`There is neither ${definition} nor ${appSpec} here or above.`, {
    code: 'no_template',
    state: 'Nothing was changed.',
  })

type DeployFlags = Interfaces.InferredFlags<typeof Deploy.flags>
