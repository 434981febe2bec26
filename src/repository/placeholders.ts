import type {Names} from '../config/names.js'
import {badSource, lineOf, type Source} from './source.js'

/** What the placeholders stand for, and the names of the environment that is deployed to. */
export type Fill = {account: string; region: string; names: Names}

/** Fills account and region in, and turns the names of the environment `from` into those deployed to. */
export function fillIn(value: unknown, from: Names, fill: Fill): unknown {
  if (typeof value === 'string') return fillText(value, from, fill)
  if (Array.isArray(value)) return value.map((item) => fillIn(item, from, fill))
  if (typeof value !== 'object' || value === null) return value
  // Names of variables are a person's own, even when one reads like a placeholder.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'name' ? inner : fillIn(inner, from, fill)]),
  )
}

function fillText(text: string, from: Names, {account, region, names}: Fill): string {
  return (
    (['family', 'logGroup', 'parameterPath', 'cluster'] as const)
      .reduce((all, name) => all.replaceAll(from[name], names[name]), text)
      .replace(/<(?:AWS_)?ACCOUNT_ID>|\$\{(?:AWS_)?ACCOUNT_ID\}|\bACCOUNT_ID\b/g, account)
      .replace(/<(?:AWS_)?REGION>|\$\{(?:AWS_)?REGION\}/g, region)
      // A bare word is a placeholder only where nothing but a region can stand.
      .replace(/(?<=^arn:[\w-]+:[\w-]+:)REGION(?=:)|(?<=\.dkr\.ecr\.)REGION(?=\.)|^REGION$/g, region)
  )
}

const PLACEHOLDER = /<[A-Za-z][\w-]*>|\{\{[^}]*\}\}|\b__[A-Z][A-Z0-9_]*__\b/

/** fb puts the image and the task definition in by itself; any other placeholder left would reach AWS as it stands. */
export function refuseLeftovers({file, text}: Source, value: unknown): void {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) refuseLeftovers({file, text, value}, inner)
  }
  if (typeof value !== 'string') return
  const left = PLACEHOLDER.exec(value)?.[0] ?? unfilledArn(value)
  if (left) throw badSource(file, lineOf(text, left), `fb does not know the placeholder ${left}`, 'unknown_placeholder')
}

/** Region and account of an ARN are lower case and digits; capitals there were meant to be replaced. */
function unfilledArn(value: string): string | undefined {
  const [, , , region = '', account = ''] = value.startsWith('arn:') ? value.split(':') : []
  return [region, account].find((part) => /[A-Z]/.test(part))
}
