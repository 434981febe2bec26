import {FbCommand} from '../../command.js'
import {nameArg, stackFlags} from '../../flags.js'
import {readSource, type Source} from '../../state/backups/sources.js'
import {compareStates} from '../../state/diff.js'
import {type Comparison, comparisonText} from '../../state/diff-text.js'
import {compareBeside} from '../../state/document/outputs.js'
import {digestWarning} from '../../state/locks/digest.js'
import {reachOf} from '../../state-access.js'

/** Differences found. */
const DIFFERENT = 10

function compared(before: Source, after: Source): Comparison {
  const differences = compareStates(before.document, after.document)
  const beside = compareBeside(before.document, after.document)
  const sameResources = differences.length === 0
  const same = sameResources && beside.outputs.length === 0 && beside.checks === 'same' && beside.lineage === 'same'
  return {before: sideOf(before), after: sideOf(after), same, sameResources, ...beside, differences}
}

const sideOf = ({name, document: {serial, lineage}}: Source) => ({name, serial, lineage})

export default class StateDiff extends FbCommand {
  static override description =
    'Compare two states: which resources one of them knows and the other does not, or knows otherwise, and which outputs differ. Exits 10 when they differ.'
  static override examples = [
    'fb state diff 20261123-101500-a1b2c3d4 --env prod',
    'fb state diff current s3://other-bucket/prod/terraform.tfstate --env prod',
    'fb state diff 20261123-101500-a1b2c3d4 --env prod --json | jq \'.differences[] | select(.kind == "removed")\'',
  ]
  static override args = {
    before: nameArg({
      description: 'a backup, a version (both as fb state backups shows them), a file or s3://...',
      required: true,
    }),
    after: nameArg({description: 'another one of these', default: 'current'}),
  }
  static override flags = stackFlags

  async run(): Promise<Comparison> {
    const {args, flags} = await this.parse(StateDiff)
    const reach = await reachOf(await this.openStack(flags), this.directory)
    const [before, after] = await Promise.all([readSource(reach, args.before), readSource(reach, args.after)])
    const comparison = compared(before, after)
    const warning = [before, after].map(({digest}) => digest && digestWarning(digest)).find(Boolean)
    if (warning) this.voice.tell(warning)
    this.voice.print((canvas) => comparisonText(comparison, canvas))
    if (!comparison.same) this.exitAs(DIFFERENT)
    return comparison
  }
}
