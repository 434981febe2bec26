import {inventoryOf, uuidOf, type Where} from './inventory.js'
import {type Resource, resourcesOf} from './terraform-resources.js'

/** The document that Terraform left after its apply number `serial`. */
export function stateDocument(where: Where, serial: number): string {
  const inventory = inventoryOf(where)
  const {app, env} = where
  const tags = {app, env, managed_by: 'fb'}
  const document = {
    version: 4,
    terraform_version: '1.11.4',
    serial,
    lineage: uuidOf(`lineage ${inventory.stateKey}`),
    outputs: {api_url: {value: `https://${inventory.loadBalancer.dns}`, type: 'string'}},
    resources: resourcesOf(inventory, serial).map((resource) => written(resource, tags)),
    check_results: null,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function written({module, address, one, each, sensitive = [], needs = []}: Resource, tags: object) {
  const [name, type, data] = address.split('.').reverse()
  const instance = (attributes: object) => ({
    schema_version: 0,
    attributes: data ? attributes : {...attributes, tags, tags_all: tags},
    sensitive_attributes: sensitive.map((value) => [{type: 'get_attr', value}]),
    ...(needs.length && {dependencies: needs.map((need) => `module.${need}`)}),
  })
  return {
    module: `module.${module}`,
    mode: data ? 'data' : 'managed',
    type,
    name,
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: one
      ? [instance(one)]
      : Object.entries(each ?? {}).map(([index_key, attributes]) => ({index_key, ...instance(attributes)})),
  }
}
