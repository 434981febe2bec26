/**
 * A Terraform state of about that many bytes: parameters of 2 KB each, as AWS has them.
 * Two of other serials differ in every thousandth resource.
 * @param {number} bytes
 * @param {number} serial
 */
export function largeState(bytes, serial) {
  const count = Math.ceil(bytes / resource(10_000, serial).length)
  const resources = Array.from({length: count}, (_, i) => resource(i, i % 1000 === 0 ? serial : 0))
  return Buffer.from(`{
  "version": 4,
  "terraform_version": "1.5.0",
  "serial": ${serial},
  "lineage": "3f9c1a2e-0000-4000-8000-000000000001",
  "outputs": {},
  "resources": [
${resources.join(',\n')}
  ],
  "check_results": null
}
`)
}

/**
 * @param {number} i
 * @param {number} version
 */
const resource = (i, version) => `    {
      "mode": "managed",
      "type": "aws_ssm_parameter",
      "name": "p${i}",
      "provider": "provider[\\"registry.terraform.io/hashicorp/aws\\"]",
      "instances": [
        {
          "schema_version": 0,
          "attributes": {
            "arn": "arn:aws:ssm:us-east-1:123456789012:parameter/app/p${i}",
            "id": "/app/p${i}",
            "type": "String",
            "value": "${String(i % 10).repeat(1600)}",
            "version": ${version}
          },
          "sensitive_attributes": []
        }
      ]
    }`
