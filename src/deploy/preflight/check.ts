import type {Facts} from './facts.js'
import type {PreflightReads} from './preflight.js'

/** `skipped` is no verdict: a person said so, or what it looks at is missing, which another check tells. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skipped'

/** What one look has found, and how to mend it. */
export type Finding = {result: Verdict; found: string; fix?: string}

export type Check = Finding & {id: string}

/** A look may throw: what fb can explain is a failed check, and a read that AWS did not answer is a warning. */
export type Look = (facts: Facts, aws: PreflightReads) => Finding | Promise<Finding>

export const ok = (found: string): Finding => ({result: 'ok', found})
export const warn = (found: string, fix?: string): Finding => ({result: 'warn', found, fix})
export const fail = (found: string, fix?: string): Finding => ({result: 'fail', found, fix})
