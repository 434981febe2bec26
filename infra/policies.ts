type Statement = {
  sid?: string
  actions: string[]
  resources: string[]
  conditions?: Record<string, Record<string, string | string[]>>
}

const document = (statements: object[]): string => JSON.stringify({Version: '2012-10-17', Statement: statements})

/** An identity policy that allows these actions and nothing else. */
export const allow = (...statements: Statement[]): string =>
  document(
    statements.map(({sid, actions, resources, conditions}) => ({
      ...(sid ? {Sid: sid} : {}),
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(conditions ? {Condition: conditions} : {}),
    })),
  )

/** A role's trust in an AWS service, on behalf of this account only (the confused deputy). */
export const trust = (service: string, account: string): string =>
  document([
    {
      Effect: 'Allow',
      Principal: {Service: service},
      Action: 'sts:AssumeRole',
      Condition: {StringEquals: {'aws:SourceAccount': account}},
    },
  ])
