/** Where AWS services are, by the names that the AWS provider of Terraform has for them. */
export type Endpoints = Partial<Record<string, string>>

const NAMES: Record<string, string> = {
  'Elastic Load Balancing v2': 'elbv2',
  'Application Auto Scaling': 'appautoscaling',
  'CloudWatch Logs': 'logs',
}

/** Where a service is, found by the id that a client has for it. Nothing: where AWS has it. */
export const endpointOf = (serviceId: string, endpoints: Endpoints): string | undefined =>
  endpoints[NAMES[serviceId] ?? serviceId.toLowerCase()]
