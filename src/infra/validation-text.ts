import {wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import type {Diagnostic} from '../terraform/said.js'
import {type Definition, resourcesOf} from './definition.js'
import {placesOf} from './places.js'
import {counted, placeText} from './words.js'

/** Something that Terraform found, and where in the definition it is. */
export type Found = Pick<Diagnostic, 'severity' | 'summary' | 'detail'> & {where?: string}

export type ValidationResult = {env: string; valid: boolean; resources: number; provider: string; diagnostics: Found[]}

type Validated = {valid: boolean; diagnostics: Diagnostic[]; provider: string}

export function resultOf(definition: Definition, {valid, diagnostics, provider}: Validated): ValidationResult {
  const where = placesOf(definition)
  const found = diagnostics.map((one) => ({
    severity: one.severity,
    summary: one.summary,
    detail: one.detail,
    where: where(one),
  }))
  return {env: definition.env, valid, resources: resourcesOf(definition.document).length, provider, diagnostics: found}
}

/** As Terraform words it, under the construct that it is about. */
export function validationText(result: ValidationResult, definition: Definition, canvas: Canvas): string[] {
  const {paint} = canvas
  const {valid, resources, diagnostics, provider} = result
  const place = placeText(definition, canvas)
  const verdict = valid
    ? `${paint.good('✔')} ${counted(resources, 'resource')} are valid for hashicorp/aws ${provider}: ${place}`
    : `${paint.bad('✖')} ${paint.bold('The definition is not valid')}: ${place}`
  return [...diagnostics.flatMap((one) => foundText(one, canvas)), ...wrapped(verdict, canvas.width, 2)]
}

function foundText({severity, summary, detail, where}: Found, {paint, safe, width}: Canvas): string[] {
  const mark = severity === 'warning' ? paint.warn('!') : paint.bad('✖')
  const paragraphs = detail.split(/\n{2,}/).map((text) => text.trim().replace(/\s*\n\s*/g, ' '))
  return [
    ...wrapped(`${mark} ${paint.bold(safe(where ?? 'the configuration'))}`, width, 4),
    ...[summary, ...paragraphs].filter(Boolean).flatMap((text) => wrapped(`  ${safe(text)}`, width, 2)),
    '',
  ]
}
