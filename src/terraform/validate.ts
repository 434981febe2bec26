import type {Workflow} from '../events.js'
import {complaint} from './child.js'
import {terraformFailure} from './failure.js'
import {type Diagnostic, diagnosticOf, type RawDiagnostic} from './said.js'
import type {Workdir} from './workdir.js'

export type Validation = {valid: boolean; diagnostics: Diagnostic[]}

/** What Terraform and the provider find wrong in a configuration by itself, without looking at AWS. */
export async function* validate(workdir: Workdir, step: string): Workflow<Validation> {
  yield {type: 'start', step}
  const run = workdir.listen(['validate', '-json'])
  const lines: string[] = []
  for (let line = await run.next(); ; line = await run.next()) {
    if (!line.done) {
      lines.push(line.value)
      continue
    }
    workdir.work.signal.throwIfAborted()
    const found = parsed(lines.join('\n'))
    const because = complaint({stdout: lines.join('\n'), stderr: line.value.stderr})
    if (!found) throw terraformFailure('Terraform could not look at the configuration.', [], because, () => undefined)
    const {valid = false, diagnostics = []} = found
    const errors = diagnostics.filter(({severity}) => severity !== 'warning').length
    yield {type: 'done', step, detail: valid ? 'valid' : `${errors} wrong`}
    return {valid, diagnostics: diagnostics.map(diagnosticOf)}
  }
}

function parsed(text: string): {valid?: boolean; diagnostics?: RawDiagnostic[]} | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
