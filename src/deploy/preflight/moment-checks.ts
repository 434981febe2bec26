import {age, timeOfDay} from '../../durations.js'
import {shortName} from '../image.js'
import {sayBusy} from '../refusals.js'
import {releaseOf} from '../release.js'
import {goesBack} from '../rollback-marks.js'
import {fail, type Look, ok, warn} from './check.js'
import {imageIn} from './facts.js'

/** CodeDeploy stops a deployment that begins while one of them fires. */
export const alarms: Look = async ({group, scene, inFlight}, aws) => {
  const {alarms: names} = await group
  if (names.length === 0) return ok('the group watches none')
  const seen = await aws.alarms(names)
  const firing = seen.filter(({state}) => state === 'ALARM')
  const said = firing.map(({name, reason}) => `${name} is firing${reason ? `: ${reason}` : ''}`)
  if (firing.length > 0) {
    // It is only about what to advise.
    const busy = await inFlight.catch(() => undefined)
    return fail(said.join('; '), `fb ${busy && !goesBack(busy) ? 'rollback' : 'status'} --env ${scene.env}`)
  }
  const unknown = names.filter((name) => !seen.some((one) => one.name === name))
  if (unknown.length > 0)
    return warn(`${unknown.join(', ')} does not exist`, 'make the alarm, or take it off the group')
  return ok(`${names.length} OK`)
}

export const inFlight: Look = async ({inFlight, scene}) => {
  const busy = await inFlight
  return busy ? fail(sayBusy(busy), `fb watch ${busy.id} --env ${scene.env}`) : ok('nothing is being deployed')
}

/** A scaling activity that is not steady within 5 minutes fails a deployment (ECS guide, blue/green considerations). */
const CALM = 5 * 60_000

export const scaling: Look = async ({now}, aws) => {
  const last = await aws.lastScaling(new Date(now.getTime() - CALM))
  if (!last) return ok('no scaling activity in the last 5 minutes')
  const until = timeOfDay(new Date(last.at.getTime() + CALM))
  return warn(`${age(now.getTime() - last.at.getTime())} ago: ${last.description}`, `wait until ${until}`)
}

/** Going back starts the tasks of what runs now once more: its task definition and its image must stay. */
export const wayBack: Look = async ({live, entrance}, aws) => {
  const [revision, {container}] = await Promise.all([live, entrance])
  const {number, image} = releaseOf(revision, container)
  const name = `v${number} (${shortName(image)})`
  const reference = imageIn(revision.definition, container)
  if (reference && !(await aws.findImage(reference)))
    return warn(`the image of ${name} is gone from ECR: nothing could start it again`, 'push that image again')
  if (revision.definition.status === 'INACTIVE')
    return warn(`the task definition of ${name} is INACTIVE: a rollback registers it again`)
  return ok(`${name}: its task definition and image are there`)
}
