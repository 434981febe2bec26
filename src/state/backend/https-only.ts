/** A bucket policy as far as fb reads it; the rest is carried along. */
export type Policy = {Version?: string; Statement: Statement | Statement[]}

type Many<T> = T | T[]

export type Statement = {
  Sid?: string
  Effect: string
  Principal?: '*' | {AWS?: Many<string>}
  Action?: Many<string>
  Resource?: Many<string>
  Condition?: Record<string, Record<string, Many<string | boolean>>>
}

const SID = 'DenyPlainHttp'

const list = <T>(value: Many<T> | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]

/** True when a statement denies everybody everything that is not sent over TLS. */
export function isHttpsOnly(policy: Policy | undefined, arn: string): boolean {
  return list(policy?.Statement).some(
    ({Effect, Principal, Action, Resource, Condition}) =>
      Effect === 'Deny' &&
      (Principal === '*' || list(Principal?.AWS).includes('*')) &&
      list(Action).some((action) => action === '*' || action.toLowerCase() === 's3:*') &&
      [arn, `${arn}/*`].every((wanted) => covers(list(Resource), wanted, arn)) &&
      isPlainHttp(Condition),
  )
}

const covers = (resources: string[], wanted: string, arn: string) =>
  ['*', `${arn}*`, wanted].some((pattern) => resources.includes(pattern))

/** A second condition would let some of it through. */
function isPlainHttp(condition: Statement['Condition'] = {}): boolean {
  const all = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => `${operator} ${key} ${value}`.toLowerCase()),
  )
  return all.length === 1 && /^bool(ifexists)? aws:securetransport false$/.test(all[0]!)
}

/** The policy with one more statement. Those that are there stay as they are. */
export function withHttpsOnly(policy: Policy | undefined, arn: string): Policy {
  const others = list(policy?.Statement)
  const taken = new Set(others.map(({Sid}) => Sid))
  const names = [SID, ...others.map((_, i) => `${SID}${i + 2}`)]
  return {
    Version: '2012-10-17',
    ...policy,
    Statement: [
      ...others,
      {
        Sid: names.find((name) => !taken.has(name)),
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: {Bool: {'aws:SecureTransport': 'false'}},
      },
    ],
  }
}
