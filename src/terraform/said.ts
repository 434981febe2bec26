/** What Terraform found wrong, or warns of. `line` is one of the document's text. */
export type Diagnostic = {
  severity: 'error' | 'warning'
  summary: string
  detail: string
  address?: string
  file?: string
  line?: number
}

/** What Terraform says while it works with `-json`, as far as fb listens; everything else is `other`. */
export type Said =
  | {type: 'diagnostic'; diagnostic: Diagnostic}
  | {type: 'refresh_start' | 'refresh_complete'; address: string}
  | {type: 'planned_change' | 'resource_drift'; address: string; action: string; reason?: string}
  | {type: ApplyType; address: string; action: string; elapsed?: number}
  | {type: 'change_summary'; changes: Record<string, number | string>}
  | {type: 'other'; text: string}

type ApplyType = 'apply_start' | 'apply_progress' | 'apply_complete' | 'apply_errored'

type Raw = {
  type?: string
  '@message'?: string
  diagnostic?: RawDiagnostic
  hook?: {resource?: {addr?: string}; action?: string; elapsed_seconds?: number}
  change?: {resource?: {addr?: string}; action?: string; reason?: string}
  changes?: Record<string, number | string>
}

export type RawDiagnostic = {
  severity?: string
  summary?: string
  detail?: string
  address?: string
  range?: {filename?: string; start?: {line?: number}}
}

/** One line of Terraform's output. A newer version says things that fb does not know, and some lines are no JSON. */
export function said(line: string): Said {
  const raw = parsed(line)
  const text = raw?.['@message'] ?? line
  if (raw?.diagnostic) return {type: 'diagnostic', diagnostic: diagnosticOf(raw.diagnostic)}
  switch (raw?.type) {
    case 'refresh_start':
    case 'refresh_complete':
      return {type: raw.type, address: raw.hook?.resource?.addr ?? ''}
    case 'planned_change':
    case 'resource_drift':
      return {type: raw.type, address: raw.change?.resource?.addr ?? '', ...pick(raw.change)}
    case 'apply_start':
    case 'apply_progress':
    case 'apply_complete':
    case 'apply_errored': {
      const {resource, action = '', elapsed_seconds: elapsed} = raw.hook ?? {}
      return {type: raw.type, address: resource?.addr ?? '', action, elapsed}
    }
    case 'change_summary':
      return {type: 'change_summary', changes: raw.changes ?? {}}
    default:
      return {type: 'other', text}
  }
}

const pick = ({action = '', reason}: {action?: string; reason?: string} = {}) => ({action, reason})

export const diagnosticOf = ({severity, summary = '', detail = '', address, range}: RawDiagnostic): Diagnostic => ({
  severity: severity === 'warning' ? 'warning' : 'error',
  summary,
  detail,
  address,
  file: range?.filename,
  line: range?.start?.line,
})

function parsed(line: string): Raw | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Raw
  } catch {
    return undefined
  }
}
