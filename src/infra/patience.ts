/** How long AWS mostly takes for what takes long, so that nobody gives up on it. */
const HINTS: Record<string, {create?: string; delete?: string}> = {
  aws_db_instance: {create: 'a database takes 8 to 15 minutes', delete: '5 to 10 minutes, with its last snapshot'},
  aws_lb: {create: 'a load balancer takes 2 to 4 minutes'},
  aws_nat_gateway: {create: 'a NAT gateway takes 2 minutes', delete: 'a NAT gateway takes 1 to 2 minutes'},
  aws_vpc_endpoint: {create: 'an endpoint takes 1 to 3 minutes', delete: 'an endpoint takes 1 to 5 minutes'},
  aws_apigatewayv2_vpc_link: {create: 'a VPC link takes 2 to 5 minutes', delete: 'a VPC link takes 2 to 10 minutes'},
  aws_ecs_service: {delete: 'until its tasks have drained'},
  aws_acm_certificate_validation: {create: 'until DNS shows the record; it gives up after 75 minutes'},
  // Lambda lets go of its network interfaces long after the function is gone (AWS: "up to 20 minutes").
  aws_lambda_function: {delete: 'a function in a VPC takes up to 20 minutes'},
  aws_security_group: {delete: 'waits for network interfaces in it, up to 20 minutes'},
  aws_subnet: {delete: 'waits for network interfaces in it, up to 20 minutes'},
}

export const hintFor = (type: string, action: string): string | undefined =>
  HINTS[type]?.[action as 'create' | 'delete']
