import {wrapped} from '../columns.js'
import {timeOfDay} from '../durations.js'
import type {Canvas} from '../events.js'
import {failedTest, type Gate} from './gate.js'

/** What somebody has to know who is asked to approve. */
export function gateText(gate: Gate, {paint, safe, width}: Canvas): string[] {
  const {testUrl, until} = gate
  const failed = failedTest(gate)
  const rows: [string, string[]][] = [
    ['Test', testUrl ? [`the new version answers at ${safe(testUrl)}`] : []],
    ['Failed', failed ? [paint.bad(`${safe(failed.name)}: ${safe(failed.detail)}`)] : []],
    ['Log', (failed?.lines ?? []).map(safe)],
    ['Until', until ? [`${timeOfDay(until)}, then CodeDeploy stops it and the old version keeps all traffic`] : []],
  ]
  const line = (label: string, text: string) => wrapped(`  ${paint.dim(label.padEnd(6))} ${text}`, width, 9)
  return ['', ...rows.flatMap(([label, lines]) => lines.flatMap((text, i) => line(i === 0 ? label : '', text))), '']
}
