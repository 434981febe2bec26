import {AcmCertificate} from '@cdktf/provider-aws/lib/acm-certificate/index.js'
import {AcmCertificateValidation} from '@cdktf/provider-aws/lib/acm-certificate-validation/index.js'
import {DataAwsRoute53Zone} from '@cdktf/provider-aws/lib/data-aws-route53-zone/index.js'
import {Route53Record} from '@cdktf/provider-aws/lib/route53-record/index.js'
import {Construct} from 'constructs'

import type {StackSettings} from '../settings.js'
import type {LoadBalancer} from './ecs.js'

type Props = {settings: StackSettings; domain: NonNullable<StackSettings['environment']['domain']>}

/** The name of the service, and the certificate for it. */
export class Dns extends Construct {
  /** Of the certificate once AWS has validated it. */
  readonly certificateArn: string
  readonly url: string
  private readonly zoneId: string

  constructor(
    scope: Construct,
    private readonly props: Props,
  ) {
    super(scope, 'dns')
    const {name, zoneId} = props.domain
    this.zoneId = zoneId ?? new DataAwsRoute53Zone(this, 'zone', {name: zoneOf(name), privateZone: false}).zoneId
    this.certificateArn = this.certificate(name)
    this.url = `https://${name}`
  }

  private certificate(domainName: string): string {
    const {arn, domainValidationOptions} = new AcmCertificate(this, 'main', {
      domainName,
      validationMethod: 'DNS',
      // A listener lets go of a certificate only when it has another.
      lifecycle: {createBeforeDestroy: true},
    })
    // One name, so one record.
    const proof = domainValidationOptions.get(0)
    const {fqdn} = new Route53Record(this, 'proof', {
      zoneId: this.zoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 300,
      // ACM asks for the same record again for every certificate of the name.
      allowOverwrite: true,
    })
    return new AcmCertificateValidation(this, 'valid', {certificateArn: arn, validationRecordFqdns: [fqdn]})
      .certificateArn
  }

  /** The load balancer has IPv4 addresses only; the second record answers once it has others, and until then nothing. */
  pointTo({dnsName, zoneId}: LoadBalancer): void {
    for (const [id, type] of [
      ['ipv4', 'A'],
      ['ipv6', 'AAAA'],
    ] as const)
      new Route53Record(this, id, {
        zoneId: this.zoneId,
        name: this.props.domain.name,
        type,
        alias: {name: dnsName, zoneId, evaluateTargetHealth: true},
      })
  }
}

/** `api.example.com` is in `example.com`, which is its own zone; a deeper one is named by its id. */
const zoneOf = (name: string): string => (name.split('.').length > 2 ? name.slice(name.indexOf('.') + 1) : name)
