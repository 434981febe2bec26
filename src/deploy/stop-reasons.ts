import type {Cause} from './causes.js'
import type {Signs} from './diagnose.js'

const UNREACHED = String.raw`i\/o timeout|context (canceled|deadline)|Client\.Timeout|TLS handshake timeout|dial tcp|connection issue`
const DENIED = String.raw`AccessDenied|not authorized|\b403\b|no basic auth|pull access denied`
const INITIALIZATION = String.raw`ResourceInitializationError[\s\S]*(secret|ssm|parameter|registry auth|asm)[\s\S]*`
const said = (...parts: string[]) => new RegExp(parts.join(''), 'i')

/** What ECS or the log says of a task that stopped, and what it means; what is more particular first (ECS stopped-task error messages). */
const SAID: [RegExp, Cause][] = [
  [
    /exec format error|does not (match|contain).*platform/i,
    {
      code: 'platform',
      summary: 'the image was built for another processor',
      fix: 'build it for the platform in runtimePlatform, such as docker build --platform linux/amd64',
    },
  ],
  [
    said(String.raw`CannotPull[\s\S]*(${UNREACHED})`),
    {
      code: 'image_unreachable',
      summary: 'the image repository cannot be reached',
      fix: 'give the subnets a way to it: a NAT gateway, or endpoints for ecr.api, ecr.dkr and s3; let the security group out on 443',
    },
  ],
  [
    said(String.raw`CannotPull[\s\S]*(${DENIED})`),
    {
      code: 'image_denied',
      summary: 'the execution role may not pull the image',
      fix: 'allow it ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer; see the repository policy',
    },
  ],
  [
    /CannotPull|pull image|manifest unknown/i,
    {
      code: 'image_pull',
      summary: 'the image cannot be pulled',
      fix: 'push the image again, or deploy another tag: fb deploy without --tag lists them',
    },
  ],
  [
    said(INITIALIZATION, `(${UNREACHED})`),
    {
      code: 'secrets_unreachable',
      summary: 'the secrets cannot be fetched: their service is out of reach',
      fix: 'give the subnets a way to it: a NAT gateway, or endpoints for ssm, secretsmanager and kms',
    },
  ],
  [
    said(INITIALIZATION, `(${DENIED})`),
    {
      code: 'secrets_denied',
      summary: 'the execution role may not read a secret',
      fix: 'allow it ssm:GetParameters or secretsmanager:GetSecretValue on it, and kms:Decrypt on its key',
    },
  ],
  [
    said(INITIALIZATION, 'json key'),
    {
      code: 'secrets_key',
      summary: 'a secret has no such JSON key',
      fix: 'add the key to the secret, or name another one in valueFrom',
    },
  ],
  [
    said(INITIALIZATION),
    {
      code: 'secrets',
      summary: 'a secret of the task definition cannot be read',
      fix: 'create the parameter, or name another one in the task definition',
    },
  ],
  [
    /failed to validate logger args|initialize logging driver/i,
    {
      code: 'log_group',
      summary: 'the log group cannot be written',
      fix: 'create the log group, or allow the execution role logs:CreateLogStream and logs:PutLogEvents',
    },
  ],
  [
    /Capacity is unavailable|not enough free|vCPUs|RESOURCE:ENI/i,
    {
      code: 'capacity',
      summary: 'AWS has no room for the tasks',
      fix: 'wait, use other subnets, or ask for a higher quota of Fargate',
    },
  ],
  [
    /OutOfMemory/i,
    {
      code: 'out_of_memory',
      summary: 'the container ran out of memory',
      fix: 'give it more with --memory, or fewer workers',
    },
  ],
  [
    /container health checks/i,
    {
      code: 'container_unhealthy',
      summary: 'the health check inside the container fails',
      fix: 'run its command in the image: slim images have no curl',
    },
  ],
]

type About = Pick<Signs, 'container' | 'memory'>

/** What a text of ECS, or of the log, means when it is one that is known. */
export function saidOf(text: string, about: About): Cause | undefined {
  const known = SAID.find(([pattern]) => pattern.test(text))?.[1]
  return known && {...known, ...detailed(known, text, about)}
}

/** Names what the cause is about. */
function detailed({code, summary}: Cause, text: string, {container, memory}: About): Partial<Cause> {
  const named = (what?: string) => (what ? {summary: `${summary}: ${what}`} : {})
  if (code.startsWith('image_')) return named(inShort(container.image))
  if (code.startsWith('secrets')) return named(secretIn(text))
  if (code === 'log_group') return named(container.logConfiguration?.options?.['awslogs-group'])
  if (code === 'out_of_memory' && memory)
    return {
      summary: `${summary} (${memory} MiB)`,
      fix: `give it more than ${memory} MiB with --memory, or fewer workers`,
    }
  return {}
}

const secretIn = (text: string): string | undefined =>
  /arn:aws[\w-]*:(?:ssm|secretsmanager):[\w:/+=.@-]*[\w/]/.exec(text)?.[0] ??
  /invalid ssm parameters: ([^\s,\]]+)/i.exec(text)?.[1]

/** Repository and tag say enough to a person. */
const inShort = (image: string) =>
  image.replace(/^[\w.-]+\.amazonaws\.com(\.cn)?\//, '').replace(/(:[\w.-]+)@sha256:\w+$/, '$1')
