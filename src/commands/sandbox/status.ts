import {columns} from '../../columns.js'
import {FbCommand} from '../../command.js'
import {timeOfDay} from '../../durations.js'

const RECENT = 5

export default class SandboxStatus extends FbCommand {
  static override description = 'Show the sandbox itself: its clock, its deployments, the faults that are set.'
  static override examples = ['fb sandbox status', 'fb sandbox status --json']

  async run() {
    await this.parse(SandboxStatus)
    const sandbox = (await this.sandbox()).status()
    const {now, speed, deployments, faults, file} = sandbox
    const pace = speed === 0 ? 'stands still until advanced' : `runs ${speed}x`
    const rows = [
      ['Clock', `${now.toISOString().slice(0, 10)} ${timeOfDay(now, {seconds: true})}, ${pace}`],
      ['Faults', faults.map(({name, argument}) => (argument ? `${name}:${argument}` : name)).join(', ') || 'none'],
      ...deployments.slice(0, RECENT).map(({id, status}, i) => [i === 0 ? 'Deployments' : '', `${id} ${status}`]),
      ['File', file],
    ]
    this.voice.print(() => columns(rows))
    return sandbox
  }
}
