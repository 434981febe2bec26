import type {Workflow} from '../events.js'
import {complaint} from './child.js'
import {terraformFailure} from './failure.js'
import {whole} from './listen.js'
import {type Diagnostic, diagnosticOf, type RawDiagnostic} from './said.js'
import type {Workdir} from './workdir.js'

export type Validation = {valid: boolean; diagnostics: Diagnostic[]}

/** What Terraform and the provider find wrong in a configuration by itself, without looking at AWS. */
export async function* validate(workdir: Workdir, step: string): Workflow<Validation> {
  yield {type: 'start', step}
  const {text, stderr} = await whole(workdir.listen(['validate', '-json']))
  workdir.work.signal.throwIfAborted()
  const found = parsed(text)
  const because = complaint({stdout: text, stderr})
  if (!found) throw terraformFailure('Terraform could not look at the configuration.', [], because, () => undefined)
  const {valid = false, diagnostics = []} = found
  const errors = diagnostics.filter(({severity}) => severity !== 'warning').length
  yield {type: 'done', step, detail: valid ? 'valid' : `${errors} wrong`}
  return {valid, diagnostics: diagnostics.map(diagnosticOf)}
}

function parsed(text: string): {valid?: boolean; diagnostics?: RawDiagnostic[]} | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
