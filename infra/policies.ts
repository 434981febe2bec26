export type Statement = {
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

/** Roles that these statements hand to the tasks of ECS, and to nothing else. */
export const passToTasks = (roles: string[]): Statement => ({
  actions: ['iam:PassRole'],
  resources: roles,
  conditions: {StringEquals: {'iam:PassedToService': 'ecs-tasks.amazonaws.com'}},
})

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

/** A topic on which AWS services may publish for this account alone. */
export const publish = (services: string[], account: string, topic: string): string =>
  document([
    {
      Effect: 'Allow',
      Principal: {Service: services.map((name) => `${name}.amazonaws.com`)},
      Action: 'sns:Publish',
      Resource: topic,
      Condition: {StringEquals: {'aws:SourceAccount': account}},
    },
  ])

export const GITHUB = 'token.actions.githubusercontent.com'

/** A role's trust in the workflows of one repository, in the environment of GitHub that has the same name. */
export const trustGitHub = (account: string, repository: string, environment: string): string =>
  document([
    {
      Effect: 'Allow',
      Principal: {Federated: `arn:aws:iam::${account}:oidc-provider/${GITHUB}`},
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${GITHUB}:aud`]: 'sts.amazonaws.com',
          [`${GITHUB}:sub`]: `repo:${repository}:environment:${environment}`,
        },
      },
    },
  ])
